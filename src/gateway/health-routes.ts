import type { FastifyInstance } from 'fastify'
import type { GatewayMetrics } from './metrics.ts'
import { PROBE } from './public-route.ts'
import { documented } from './route-docs.ts'

export interface HealthRoutesOptions {
  readonly metrics: GatewayMetrics
  /** Each says what is wrong, or undefined. */
  readonly checks: readonly (() => string | undefined)[]
}

const HEALTH = { 'application/json': 'Health' } as const
const LIVE = documented({
  ...{ tag: 'health', public: true, replies: { 200: HEALTH } },
  summary: 'The process runs',
})
const READY = documented({
  ...{ tag: 'health', public: true, replies: { 200: HEALTH, 503: HEALTH } },
  summary: 'It serves and takes ticks, or the reasons why not',
})
const METRICS = documented({
  ...{ tag: 'health', replies: { 200: { 'text/plain': 'text' } } },
  summary: 'Counts, forecasts, scores and the process itself, for Prometheus',
})

/** For orchestrators, whose probes carry no token, and for Prometheus, which does. */
export async function healthRoutes(
  app: FastifyInstance,
  { metrics, checks }: HealthRoutesOptions,
): Promise<void> {
  app.get('/livez', { ...PROBE, ...LIVE }, async () => ({ status: 'ok' }))

  app.get('/readyz', { ...PROBE, ...READY }, async (_request, reply) => {
    const reasons = checks.flatMap((check) => check() ?? [])
    if (reasons.length === 0) return { status: 'ok' }
    return reply.code(503).send({ status: 'not ready', reasons })
  })

  app.get('/metrics', METRICS, async (_request, reply) => {
    return reply.type(metrics.contentType).send(await metrics.text())
  })
}
