import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { inspect } from 'node:util'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { parseSpan } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { valueAt } from '../protocol/schema-issue.ts'
import { OFFSET, stationFileSchema } from './station-schema.ts'

/** Reads a station file, YAML or JSON. An error names the file, the place in it, the value and the rule. */
export async function loadStation(path: string): Promise<Station> {
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (cause) {
    const why = errorMessage(cause)
    throw new TickcastError('bad_station', `${path}: cannot be read: ${why}`, { cause })
  }
  return parseStation(content, path)
}

export function parseStation(content: string, path: string): Station {
  const lines = new LineCounter()
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false })
  const [broken] = document.errors
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0])
    throw new TickcastError('bad_station', `${path}:${line}:${col}: no YAML or JSON: ${broken.message}`)
  }
  let given: unknown
  try {
    given = document.toJS()
  } catch (cause) {
    // Aliases of aliases of aliases: a small file that would be an enormous station.
    const why = errorMessage(cause)
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
    return `${place}: unknown key ${issue.keys.map((name) => `'${name}'`).join(', ')}`
  }
  const value = valueAt(given, issue.path)
  const shown = value === undefined ? 'it is missing' : `it is ${shortened(value)}`
  return `${place}: ${shown}; expected ${issue.message}`
}

/** YAML has numbers that JSON has not, and values that contain themselves. */
function shortened(value: unknown): string {
  const whole = typeof value === 'string' ? JSON.stringify(value) : inspect(value, { breakLength: Infinity })
  return whole.slice(0, 120)
}

function offsetMinutes(offset: string): number {
  const [, sign, hours, minutes] = OFFSET.exec(offset) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
