import type { FastifyInstance } from 'fastify'
import { STREAM_PATH } from '../protocol/stream-address.ts'
import { DOCS_PATH, OPENAPI_PATH } from './openapi.ts'
import { documented } from './route-docs.ts'
import type { StationCache } from './station-cache.ts'

export interface IndexRouteOptions {
  readonly version: string
  readonly cache: StationCache
  /** Where stations are kept; undefined: nowhere. */
  readonly keep: string | undefined
}

const INDEX = documented({
  ...{ tag: 'read', replies: { 200: { 'application/json': 'Index' } } },
  summary: 'Which server this is, its stations, and where the rest is found',
})

/** `GET /v1`: which server this is, and where the rest is found. */
export async function indexRoute(
  app: FastifyInstance,
  { version, keep, cache }: IndexRouteOptions,
): Promise<void> {
  const station = '/v1/stations/{id}'
  app.get('/v1', INDEX, async () => ({
    name: 'tickcast',
    version,
    keep: keep ?? null,
    stations: cache.stations().map(({ id }) => id),
    links: {
      stream: STREAM_PATH,
      stations: '/v1/stations',
      station,
      ...Object.fromEntries(
        [
          'forecast',
          'score',
          'status',
          'history',
          'readings',
          'forecasts',
          'scores',
          'outside',
          'ticks',
          'replay',
        ].map((name) => [name, `${station}/${name}`]),
      ),
      chart: `${station}/chart`,
      arena: `${station}/arena`,
      arena_page: '/arena?station={id}',
      receipt: `${station}/forecasts/{issued_at}/receipt`,
      receipt_page: '/explain?id={id}/{issued_at}',
      events: `${station}/stream`,
      openapi: OPENAPI_PATH,
      docs: DOCS_PATH,
      accept: `${station}/health/accept`,
      live: '/livez',
      ready: '/readyz',
      metrics: '/metrics',
    },
  }))
}
