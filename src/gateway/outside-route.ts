import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { errorMessage } from '../domain/errors.ts'
import { parseInstant } from '../domain/instant.ts'
import type { RawRow } from '../ingest/raw-row.ts'
import { replyError } from '../protocol/codes.ts'
import { type OutsideMessage, outsideSchema } from '../protocol/outside.ts'
import { issueText } from '../protocol/schema-issue.ts'
import { parseBodies, type SentBody } from './body-parser.ts'
import { Problem, problem } from './problem.ts'
import { documented } from './route-docs.ts'
import { allRefused, ticksShown } from './tick-reply.ts'
import type { TickRoutesOptions } from './tick-routes.ts'

const TYPE = 'application/json'

const OUTSIDE = documented({
  ...{ tag: 'write', summary: 'Forecasts that others have made of the target' },
  body: { [TYPE]: 'OutsideForecasts' },
  replies: { 202: { [TYPE]: 'TicksReply' } },
  problems: [
    ...(['bad_json', 'unknown_station', 'under_replay', 'rejected', 'too_large'] as const),
    'unsupported_media_type',
  ],
})

/** `POST /v1/stations/:id/forecasts`: what others have forecast, one or several; of a body that breaks the schema none is taken. */
export async function outsideRoute(app: FastifyInstance, options: TickRoutesOptions): Promise<void> {
  const { intake, limits, now } = options
  parseBodies(app, { types: [TYPE], ...options })

  app.post<{ Params: { id: string }; Body: SentBody | undefined }>(
    '/v1/stations/:id/forecasts',
    OUTSIDE,
    async (request, reply) => {
      const station = intake.station(request.params.id)
      if (!request.body?.bytes.length) throw problem('bad_request', 'the body is empty: it holds no forecast')
      const { bytes } = request.body
      const forecasts = await intake.inTurn(async () => forecastsIn(bytes, limits.ticksPerBody))
      const taken = await intake.take(
        station,
        forecasts.map((one, index) => rowOf(one, index, now())),
      )
      const shown = ticksShown(taken)
      const refusal = allRefused(shown, forecasts.length)
      if (refusal !== undefined) throw new Problem(replyError('rejected', refusal), { accepted: 0, ...shown })
      return reply.code(202).send({ accepted: forecasts.length - shown.rejected_count, ...shown })
    },
  )
}

function forecastsIn(bytes: Buffer, most: number): readonly OutsideMessage[] {
  let given: unknown
  try {
    given = JSON.parse(bytes.toString())
  } catch (cause) {
    throw problem('bad_json', `the body is no JSON: ${errorMessage(cause)}`)
  }
  const list = Array.isArray(given) ? given : [given]
  if (list.length === 0) throw problem('bad_request', 'the body holds no forecast')
  if (list.length > most)
    throw problem('too_large', `more than ${most} forecasts in one body, of which none was taken`)
  const parsed = (Array.isArray(given) ? z.array(outsideSchema) : outsideSchema).safeParse(given)
  if (parsed.success) return Array.isArray(parsed.data) ? parsed.data : [parsed.data]
  throw problem('bad_request', `${issueText(parsed.error, given)}; none was taken`)
}

function rowOf(outside: OutsideMessage, index: number, now: number): RawRow {
  return { place: `body:${index}`, eventTime: parseInstant(outside.issued_at) ?? now, values: {}, outside }
}
