import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Instant } from '../domain/instant.ts'
import { isPrecision, PRECISION_NAMES, type Precision } from '../ingest/line-protocol.ts'
import { issueText } from '../protocol/schema-issue.ts'
import { parseBodies, type SentBody } from './body-parser.ts'
import type { BodyRoom } from './body-room.ts'
import type { GatewayLimits } from './limits.ts'
import { type LineBody, type LineFault, readLineBody } from './line-body.ts'
import { problem } from './problem.ts'
import { documented } from './route-docs.ts'
import type { TickIntake } from './tick-intake.ts'
import { refusalText, ticksShown } from './tick-reply.ts'

export interface LineRoutesOptions {
  readonly intake: TickIntake
  readonly room: BodyRoom
  readonly limits: GatewayLimits
  readonly now: () => Instant
}

const FAULTS_SHOWN = 5

export const lineQuery = z.looseObject({
  precision: z
    .string()
    .default('ns')
    .refine(isPrecision, `one of ${PRECISION_NAMES}`)
    .describe('What a timestamp counts'),
})

const LINES = documented({
  ...{ tag: 'write', summary: 'Points in line protocol, as InfluxDB takes them', query: lineQuery },
  ...{ body: { 'text/plain': 'text' }, replies: { 204: null }, errors: 'influx' },
  problems: ['too_large', 'unsupported_media_type'],
})

/** `POST /api/v2/write` and `/write`: line protocol, as InfluxDB takes it, and replies as its clients read them. */
export async function lineRoutes(app: FastifyInstance, options: LineRoutesOptions): Promise<void> {
  const { intake, limits, now } = options
  parseBodies(app, { types: ['*'], ...options })
  for (const path of ['/api/v2/write', '/write']) {
    app.post<{ Body: SentBody | undefined }>(
      path,
      { config: { errors: 'influx' }, ...LINES },
      async ({ query, body }, reply) => {
        const read = lineQuery.safeParse(query)
        if (!read.success) throw problem('bad_request', issueText(read.error, query))
        const precision: Precision = isPrecision(read.data.precision) ? read.data.precision : 'ns'
        const text = body?.bytes.toString() ?? ''
        const lines = await intake.inTurn(() =>
          readLineBody(text, { intake, precision, now: now(), most: limits.ticksPerBody }),
        )
        if (lines.count === 0) throw problem('bad_request', 'the body holds no point')
        const faults = [...lines.faults, ...(await takenFrom(lines, intake))]
        if (lines.ignored.length > 0) void reply.header('x-ignored-fields', shownInHeader(lines.ignored))
        if (faults.length > 0) throw problem('bad_request', partialText(faults))
        return reply.code(204).send()
      },
    )
  }
}

/** The lines of rows that were refused. One that comes again is no fault: a sender without a reply sends it again. */
async function takenFrom({ stations }: LineBody, intake: TickIntake): Promise<readonly LineFault[]> {
  const faults: LineFault[] = []
  for (const { station, rows, lines } of stations) {
    if (rows.length === 0) continue
    const taken = await intake.take(station, rows)
    const { advice } = ticksShown(taken)
    for (const rejected of [...taken.rejected, ...taken.masked]) {
      if (rejected.reason === 'duplicate') continue
      const late = rejected.reason === 'late' && advice !== undefined ? `. ${advice}` : ''
      faults.push({ line: lines[rejected.index]!, why: `${station.id}: ${refusalText(rejected)}${late}` })
    }
  }
  return faults
}

/** In the words of InfluxDB, with the first reasons. */
function partialText(faults: readonly LineFault[]): string {
  const inOrder = [...faults].sort((a, b) => a.line - b.line)
  const lines = new Set(faults.map(({ line }) => line)).size
  const shown = inOrder.slice(0, FAULTS_SHOWN).map(({ line, why }) => `line ${line}: ${why}`)
  const more = faults.length > FAULTS_SHOWN ? `; and ${faults.length - FAULTS_SHOWN} more` : ''
  return `partial write: ${shown.join('; ')}${more} dropped=${lines}`
}

function shownInHeader(names: readonly string[]): string {
  return names
    .map((name) => encodeURIComponent(name))
    .join(', ')
    .slice(0, 1_000)
}
