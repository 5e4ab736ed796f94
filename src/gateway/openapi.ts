import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { API_SCHEMAS } from './api-schemas.ts'
import { PUBLIC } from './public-route.ts'
import { jsonSchemaOf } from './route-docs.ts'

export const OPENAPI_PATH = '/v1/openapi.json'
export const DOCS_PATH = '/docs'

const DESCRIPTION = `Sensor ticks in, verified forecasts of the next 24 hours out. The WebSocket at \`/v1/stream\` is
described in docs/protocol/asyncapi.yaml.

Keys that a client does not know are to be ignored: schemas only grow. Where a token is set it goes into
\`Authorization: Bearer\` (or \`Token\`, or the password of \`Basic\`), or into \`?token=\`.`

/**
 * The OpenAPI document of all routes that are added to `app` afterwards and have a tag, at `/v1/openapi.json`, and a page to
 * try them at `/docs`, which brings everything along. Both are public: they tell what the sources tell.
 */
export async function openApi(app: FastifyInstance, version: string): Promise<void> {
  // What a route says of itself is for readers; the routes parse, and write, for themselves.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  for (const [$id, schema] of Object.entries(API_SCHEMAS)) app.addSchema({ $id, ...jsonSchemaOf(schema) })
  await app.register(swagger, {
    hideUntagged: true,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tickcast',
        version,
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      security: [{ bearer: [] }, { query: [] }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          query: { type: 'apiKey', in: 'query', name: 'token' },
        },
      },
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json['$id'] ?? index) },
  })
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, ...PUBLIC.config }
    })
    // The page of the document sets styles of its own; scripts and all else stay as everywhere.
    scope.addHook('onSend', async (_request, reply) => {
      const policy = String(reply.getHeader('content-security-policy') ?? '')
      void reply.header('content-security-policy', policy.replace("style-src 'self'", "$& 'unsafe-inline'"))
    })
    scope.get(OPENAPI_PATH, async () => app.swagger())
    await scope.register(swaggerUi, {
      routePrefix: DOCS_PATH,
      uiConfig: { deepLinking: true },
      theme: { title: 'Tickcast, the HTTP interface' },
    })
  })
}
