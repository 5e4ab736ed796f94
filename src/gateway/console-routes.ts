import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Instant } from '../domain/instant.ts'
import { consoleTick } from '../ingest/console-tick.ts'
import { jsonRowReader } from '../ingest/json-rows.ts'
import { replyError } from '../protocol/codes.ts'
import { parseBodies, type SentBody } from './body-parser.ts'
import type { BodyRoom } from './body-room.ts'
import type { GatewayLimits } from './limits.ts'
import { Problem, problem } from './problem.ts'
import { documented } from './route-docs.ts'
import type { TickIntake } from './tick-intake.ts'
import { allRefused, ticksShown } from './tick-reply.ts'

export interface ConsoleRoutesOptions {
  readonly intake: TickIntake
  readonly room: BodyRoom
  readonly limits: GatewayLimits
  readonly now: () => Instant
}

const REPLY = { 200: { 'text/plain': 'text' } } as const
const PROBLEMS = ['unknown_station', 'under_replay', 'rejected'] as const
const WUNDERGROUND = {
  path: '/weatherstation/updateweatherstation.php',
  docs: documented({
    ...{ tag: 'write', summary: 'A console that speaks to Weather Underground', replies: REPLY },
    query: z.looseObject({
      ID: z.string().describe('The station, or what it is known as'),
      dateutc: z.string().optional().describe('`2025-06-01 10:32:35`, or `now`'),
    }),
    problems: PROBLEMS,
  }),
}
const ECOWITT = {
  path: '/data/report',
  docs: documented({
    ...{ tag: 'write', summary: "A console's upload in Ecowitt's form", replies: REPLY },
    body: { 'application/x-www-form-urlencoded': 'text' },
    problems: [...PROBLEMS, 'too_large', 'unsupported_media_type'],
  }),
}

/**
 * What weather consoles send: `GET /weatherstation/updateweatherstation.php` as for Weather Underground, and
 * `POST /data/report/`, Ecowitt's form. Both answer `success`, which the first waits for.
 */
export async function consoleRoutes(app: FastifyInstance, options: ConsoleRoutesOptions): Promise<void> {
  const { intake, now } = options
  parseBodies(app, { types: ['application/x-www-form-urlencoded'], ...options })

  const take = async (said: URLSearchParams): Promise<string> => {
    const { station: name, tick } = consoleTick(said)
    if (name === undefined) {
      throw problem('bad_request', 'station: it is missing; one of station, ID and PASSKEY says whose it is')
    }
    const station = intake.stationKnownAs(name)
    const row = jsonRowReader({ station, now }).read(tick, 'the upload')
    if (row === undefined)
      throw problem('bad_request', `it is of another sensor than where of '${station.id}' says`)
    const shown = ticksShown(await intake.take(station, [row]))
    const refusal = allRefused(shown, 1)
    if (refusal !== undefined) throw new Problem(replyError('rejected', refusal), { accepted: 0, ...shown })
    return 'success\n'
  }

  app.get(WUNDERGROUND.path, WUNDERGROUND.docs, async ({ url }, reply) =>
    reply.type('text/plain').send(await take(new URL(url, 'http://localhost').searchParams)),
  )

  app.post<{ Body: SentBody | undefined }>(ECOWITT.path, ECOWITT.docs, async ({ url, body }, reply) => {
    const said = new URL(url, 'http://localhost').searchParams
    for (const [key, value] of new URLSearchParams(body?.bytes.toString())) said.append(key, value)
    return reply.type('text/plain').send(await take(said))
  })
}
