# One image for every part: the command decides which (`replay`, `forecast`, `serve`).
FROM node:22-slim AS build
WORKDIR /app
COPY . .
# `npm ci` also builds (its `prepare` script), which takes the sources and the development packages. Without workspaces
# no link is left behind to the client's package, which is not in the image.
RUN npm ci && npm prune --omit=dev --ignore-scripts --workspaces=false

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY deploy/healthy.mjs ./
# Where downloads are kept: a volume mounted here takes over this folder's owner.
RUN mkdir -p /home/node/.cache && chown node:node /home/node/.cache
USER node
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["--help"]
