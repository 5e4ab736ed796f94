import type { FastifyInstance } from 'fastify'
import { STREAM_PATH } from '../protocol/stream-address.ts'

export interface IndexRouteOptions {
  readonly version: string
  /** Where stations are kept; undefined: nowhere. */
  readonly keep: string | undefined
}

/** `GET /v1`: which server this is, and where the rest is found. */
export async function indexRoute(app: FastifyInstance, { version, keep }: IndexRouteOptions): Promise<void> {
  const station = '/v1/stations/{id}'
  app.get('/v1', async () => ({
    name: 'tickcast',
    version,
    keep: keep ?? null,
    links: {
      stream: STREAM_PATH,
      stations: '/v1/stations',
      station,
      ...Object.fromEntries(
        ['forecast', 'score', 'status', 'history', 'readings', 'forecasts', 'scores', 'ticks', 'replay'].map(
          (name) => [name, `${station}/${name}`],
        ),
      ),
      accept: `${station}/health/accept`,
      live: '/livez',
      ready: '/readyz',
      metrics: '/metrics',
    },
  }))
}
