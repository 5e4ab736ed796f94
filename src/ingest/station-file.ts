import { basename } from 'node:path'
import { inspect } from 'node:util'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { parseSpan } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { valueAt } from '../protocol/schema-issue.ts'
import { listed, shown } from './bad-file.ts'
import { OFFSET, stationFileSchema } from './station-schema.ts'
import { readSmallFile } from './steady-file.ts'

/** A station of 64 channels takes a third of it; YAML that means harm could take seconds with more. */
const LARGEST = 64 * 1024

/** Reads a station file, YAML or JSON. An error names the file, the place in it, the value and the rule. */
export async function loadStation(path: string): Promise<Station> {
  return parseStation(await readSmallFile(path, { largest: LARGEST, empty: 'a station' }), path)
}

export function parseStation(content: string, path: string): Station {
  const lines = new LineCounter()
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false })
  const [broken] = document.errors
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0])
    throw new TickcastError(
      'bad_station',
      `${path}:${line}:${col}: no YAML or JSON: ${shown(broken.message)}`,
    )
  }
  let given: unknown
  try {
    given = document.toJS()
  } catch (cause) {
    // Aliases of aliases of aliases: a small file that would be an enormous station.
    const why = shown(errorMessage(cause))
    throw new TickcastError('bad_station', `${path}: no YAML or JSON: ${why}`, { cause })
  }
  const parsed = stationFileSchema.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new TickcastError(
      'bad_station',
      `${path}: ${issue ? described(issue, given) : parsed.error.message}`,
    )
  }
  const { id, title, time, cadence, target, channels } = parsed.data
  return {
    id,
    title: title ?? basename(path).replace(/\.[^.]+$/, ''),
    time: { column: time.column, formats: time.format, utcOffsetMinutes: offsetMinutes(time.utc_offset) },
    cadence: parseSpan(cadence) ?? 0,
    target,
    channels: channels.map(({ name, column, unit, min, max, sentinels }) => ({
      name: name ?? column,
      column,
      unit,
      limits: { min, max },
      sentinels,
    })),
    simulated: false,
  }
}

function described(issue: z.core.$ZodIssue, given: unknown): string {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
  const place = path === '' ? 'the whole' : path.replace(/^\./, '')
  if (issue.code === 'unrecognized_keys') {
    return `${place}: unknown key ${listed(issue.keys)}`
  }
  const value = valueAt(given, issue.path)
  const shown = value === undefined ? 'it is missing' : `it is ${shortened(value)}`
  return `${place}: ${shown}; expected ${issue.message}`
}

/** YAML has numbers that JSON has not, and values that contain themselves. */
function shortened(value: unknown): string {
  const whole = typeof value === 'string' ? JSON.stringify(value) : inspect(value, { breakLength: Infinity })
  return shown(whole.replace(/\s+/g, ' '))
}

function offsetMinutes(offset: string): number {
  const [, sign, hours, minutes] = OFFSET.exec(offset) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
