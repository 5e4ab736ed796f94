import type { FastifyInstance } from 'fastify'
import type { Instant } from '../domain/instant.ts'
import { replyError } from '../protocol/codes.ts'
import type { BodyRoom } from './body-room.ts'
import type { GatewayLimits } from './limits.ts'
import { Problem, problem } from './problem.ts'
import { addressOf } from './request-bounds.ts'
import { readBody, TICK_TYPES, type TickType } from './tick-body.ts'
import type { TickIntake } from './tick-intake.ts'
import { allRefused, ticksShown } from './tick-reply.ts'

export interface TickRoutesOptions {
  readonly intake: TickIntake
  readonly room: BodyRoom
  readonly limits: GatewayLimits
  readonly now: () => Instant
}

interface TickBody {
  readonly type: TickType
  readonly bytes: Buffer
}

/** `POST /v1/stations/:id/ticks`: live measurements in JSON, NDJSON or CSV. */
export async function tickRoutes(app: FastifyInstance, options: TickRoutesOptions): Promise<void> {
  const { intake, limits, now } = options
  app.removeAllContentTypeParsers()
  for (const type of TICK_TYPES) {
    app.addContentTypeParser(
      type,
      { parseAs: 'buffer', bodyLimit: limits.bodyBytes },
      (_request: unknown, bytes: Buffer, done: (error: null, body: TickBody) => void) =>
        done(null, { type, bytes }),
    )
  }
  holdRoom(app, options.room)

  app.post<{ Params: { id: string }; Body: TickBody | undefined }>(
    '/v1/stations/:id/ticks',
    async (request, reply) => {
      const station = intake.station(request.params.id)
      // Without a body there is no content type either, and so nothing that was parsed.
      if (!request.body?.bytes.length) throw problem('bad_request', 'the body is empty: it holds no tick')
      const { type, bytes } = request.body
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

/** Before a body comes in there is to be room for it, until it is answered. */
export function holdRoom(app: FastifyInstance, room: BodyRoom): void {
  app.addHook('onRequest', async ({ raw, headers }, reply) => {
    const letGo = room.take(addressOf(raw.socket), headers['content-length'])
    if (!letGo)
      throw problem('busy', 'as many bodies are on their way as there is room for: send it again in a moment')
    reply.raw.once('close', letGo)
  })
}
