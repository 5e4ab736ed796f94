import type { FastifyInstance } from 'fastify'
import type { GatewayMetrics } from './metrics.ts'
import { PROBE } from './public-route.ts'

export interface HealthRoutesOptions {
  readonly metrics: GatewayMetrics
  /** Each says what is wrong, or undefined. */
  readonly checks: readonly (() => string | undefined)[]
}

/** For orchestrators, whose probes carry no token, and for Prometheus, which does. */
export async function healthRoutes(
  app: FastifyInstance,
  { metrics, checks }: HealthRoutesOptions,
): Promise<void> {
  app.get('/livez', PROBE, async () => ({ status: 'ok' }))

  app.get('/readyz', PROBE, async (_request, reply) => {
    const reasons = checks.flatMap((check) => check() ?? [])
    if (reasons.length === 0) return { status: 'ok' }
    return reply.code(503).send({ status: 'not ready', reasons })
  })

  app.get('/metrics', async (_request, reply) => {
    return reply.type(metrics.contentType).send(await metrics.text())
  })
}
