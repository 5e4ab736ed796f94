import accepts from '@fastify/accepts'
import compress from '@fastify/compress'
import cors from '@fastify/cors'
import staticFiles from '@fastify/static'
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
  type RouteOptions,
} from 'fastify'
import { ulid } from 'ulid'
import { replyError } from '../protocol/codes.ts'
import { type Access, callerOf } from './access.ts'
import { COMMAND_BYTES, ofFastify } from './framework-errors.ts'
import type { GatewayLimits } from './limits.ts'
import { openApi } from './openapi.ts'
import { Problem, rawProblem, sendProblem } from './problem.ts'
import { PUBLIC } from './public-route.ts'
import { refusalLog } from './refusal-log.ts'
import { type RequestBounds, requestBounds, unreadRequest } from './request-bounds.ts'

export interface HttpAppOptions {
  readonly access: Access
  readonly pageDir: string | undefined
  readonly limits: GatewayLimits
  readonly logger: FastifyBaseLogger | undefined
  /** Of the program. */
  readonly version?: string | undefined
  /** Origins such as `https://home.example`: of pages that may read the answers, and of those that may frame the page. */
  readonly allowOrigins?: readonly string[] | undefined
  readonly allowFrames?: readonly string[] | undefined
}

/** The page brings everything along: nothing is fetched from elsewhere, and nobody may frame it who was not named. */
const pagePolicy = (frames: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frames.length > 0 ? frames.join(' ') : "'none'"}`,
  ].join('; ')

/** Headers of replies that pages of elsewhere may read. */
const READABLE = ['link', 'retry-after', 'x-request-id', 'x-ignored-fields']

/** How often requests that do not come whole are looked for. */
const CHECKED_MS = 1_000

/** `GET` and `/v1/stations/:id` */
export interface Route {
  readonly method: string
  readonly path: string
  /** It needs no token. */
  readonly public: boolean
}

export interface HttpApp {
  readonly app: FastifyInstance
  readonly bounds: RequestBounds
  /** Every route that was added so far. */
  routes(): readonly Route[]
}

/** An HTTP server with what every route shares: who may ask, how errors look, the page. Routes are added to it. */
export async function httpApp({
  access,
  pageDir,
  limits,
  logger,
  version = 'unknown',
  allowOrigins = [],
  allowFrames = [],
}: HttpAppOptions): Promise<HttpApp> {
  const app = fastify({
    ...(logger && { loggerInstance: logger }),
    // Two records a request would hold its URL, and that a token; `onResponse` below makes one.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: () => ulid(),
    forceCloseConnections: true,
    connectionTimeout: limits.idleSeconds * 1_000,
    keepAliveTimeout: limits.idleSeconds * 1_000,
    requestTimeout: limits.requestSeconds * 1_000,
    http: { headersTimeout: limits.headersSeconds * 1_000, connectionsCheckingInterval: CHECKED_MS },
    clientErrorHandler(error, socket) {
      if (socket.writable) socket.end(rawProblem(unreadRequest(error, limits)))
      else socket.destroy()
    },
    bodyLimit: COMMAND_BYTES,
    routerOptions: { ignoreTrailingSlash: true },
    onProtoPoisoning: 'remove',
    onConstructorPoisoning: 'remove',
    frameworkErrors: ({ message }, _request, reply) => sendProblem(reply, replyError('bad_request', message)),
  })

  // Packing asks of each reply whether it is of `fetch`, which Node loads when it is first named: 50 ms, better now than then.
  void globalThis.Response
  // Replies alone: what comes packed is unpacked where its size is bounded (body-parser.ts).
  await app.register(compress, { globalDecompression: false, encodings: ['br', 'gzip'] })

  await app.register(accepts)

  const added: RouteOptions[] = []
  app.addHook('onRoute', (route) => void added.push(route))

  if (allowOrigins.length > 0) {
    // Ahead of what asks for the token: a browser asks whether it may send one without it.
    await app.register(cors, {
      ...{ origin: [...allowOrigins], exposedHeaders: READABLE, maxAge: 3_600 },
      methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    })
  }
  const refusals = refusalLog()
  app.addHook('onClose', async () => refusals.close())
  const policy = pagePolicy(allowFrames)
  const bounds = requestBounds(app.server, limits)
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({
      'x-request-id': request.id,
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    })
    const { public: isPublic, probe } = request.routeOptions.config
    const refusal = bounds.refusal(request.raw, { probe })
    if (refusal) {
      // A line of its own for each try: what is refused costs the client more than the server.
      const { error, retryAfter } = refusal
      return sendProblem(reply.header('connection', 'close'), error, { retryAfter })
    }
    const caller = callerOf(request.raw)
    // By the route that matched, never by the text of the URL, since one path can be written in many ways. A route
    // that does not declare itself public needs the token, and so does a path without a route.
    const error = access.wrongSite(caller) ?? (isPublic === true ? undefined : access.wrongToken(caller))
    if (error) return sendProblem(reply, error)
    return undefined
  })

  app.addHook('onResponse', async ({ log, method, url }, { statusCode, elapsedTime }) => {
    log.debug({ method, path: pathOf(url), status: statusCode, ms: Math.round(elapsedTime) }, 'request')
  })

  app.setNotFoundHandler((request, reply) => {
    return sendProblem(reply, replyError('not_found', `no ${request.method} ${pathOf(request.url)}`))
  })

  app.setErrorHandler((error: FastifyError | Problem, request, reply) => {
    if (error instanceof Problem) {
      if (error.error.temporary) {
        const { code } = error.error
        const kind = `${code} ${request.routeOptions.url ?? ''}`
        refusals.refused(request.log, { kind, code, message: error.message })
      }
      return sendProblem(reply, error.error, error.extra)
    }
    const known = ofFastify(error, request.headers['content-type'], limits.bodyBytes)
    if (known !== undefined) return sendProblem(reply, known)
    const { id, method, url } = request
    request.log.error({ err: error, method, path: pathOf(url) }, error.message)
    const internal = replyError('internal', `a defect of ours; the log says more of request ${id}`)
    return sendProblem(reply, internal, { request_id: id })
  })

  await openApi(app, version)
  if (pageDir !== undefined) await app.register(pageRoutes, { pageDir })
  return { app, bounds, routes: () => added.flatMap(described) }
}

function described({ method, url, config }: RouteOptions): Route[] {
  return [method].flat().map((each) => ({ method: each, path: url, public: config?.public === true }))
}

/** The page's files hold no secret, and must load before the page can ask for a token. One route each: no other path is open. */
async function pageRoutes(app: FastifyInstance, { pageDir }: { readonly pageDir: string }): Promise<void> {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, ...PUBLIC.config }
  })
  await app.register(staticFiles, { root: pageDir, wildcard: false, cacheControl: true, maxAge: 0 })
}

/** Without the query, which may hold a token. */
function pathOf(url: string): string {
  return url.split('?')[0]?.slice(0, 200) ?? ''
}
