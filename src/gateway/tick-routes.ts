import type { FastifyInstance } from 'fastify'
import type { Instant } from '../domain/instant.ts'
import { replyError } from '../protocol/codes.ts'
import { parseBodies, type SentBody } from './body-parser.ts'
import type { BodyRoom } from './body-room.ts'
import type { GatewayLimits } from './limits.ts'
import { Problem, problem } from './problem.ts'
import { documented } from './route-docs.ts'
import { readBody, TICK_TYPES } from './tick-body.ts'
import type { TickIntake } from './tick-intake.ts'
import { allRefused, ticksShown } from './tick-reply.ts'

export interface TickRoutesOptions {
  readonly intake: TickIntake
  readonly room: BodyRoom
  readonly limits: GatewayLimits
  readonly now: () => Instant
}

const TICKS = documented({
  ...{ tag: 'write', summary: 'Live measurements', replies: { 202: { 'application/json': 'TicksReply' } } },
  body: { 'application/json': 'Tick', 'application/x-ndjson': 'text', 'text/csv': 'text' },
  problems: [
    ...(['bad_json', 'unknown_station', 'under_replay', 'rejected', 'too_large'] as const),
    'unsupported_media_type',
  ],
})

/** `POST /v1/stations/:id/ticks`: live measurements in JSON, NDJSON or CSV. */
export async function tickRoutes(app: FastifyInstance, options: TickRoutesOptions): Promise<void> {
  const { intake, limits, now } = options
  parseBodies(app, { types: TICK_TYPES, ...options })

  app.post<{ Params: { id: string }; Body: SentBody | undefined }>(
    '/v1/stations/:id/ticks',
    TICKS,
    async (request, reply) => {
      const station = intake.station(request.params.id)
      // Without a body there is no content type either, and so nothing that was parsed.
      if (!request.body?.bytes.length) throw problem('bad_request', 'the body is empty: it holds no tick')
      const { bytes } = request.body
      const type = TICK_TYPES.find((known) => known === request.body?.type) ?? 'application/json'
      const { rows, ignored } = await intake.inTurn(() =>
        readBody(type, bytes, { station, now: now(), most: limits.ticksPerBody }),
      )
      const taken = await intake.take(station, rows)
      const shown = ticksShown(taken, ignored)
      const refusal = allRefused(shown, rows.length)
      if (refusal !== undefined) {
        throw new Problem(replyError('rejected', refusal), { accepted: 0, ...shown })
      }
      return reply.code(202).send({ accepted: rows.length - shown.rejected_count, ...shown })
    },
  )
}
