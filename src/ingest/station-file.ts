import { basename } from 'node:path'
import { inspect } from 'node:util'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { parseSpan } from '../domain/instant.ts'
import type { Neighbour } from '../domain/neighbour.ts'
import type { HealthSetting, Station } from '../domain/station.ts'
import { type Issue, narrowed, valueAt } from '../protocol/schema-issue.ts'
import { issuerOfFile } from './asked-issuer.ts'
import { listed, shown } from './bad-file.ts'
import { nearestName } from './nearest-name.ts'
import { OFFSET, STATION_KEYS, stationFileSchema } from './station-schema.ts'
import { readSmallFile } from './steady-file.ts'
import { unitNotes } from './unit-names.ts'

/** A station of 64 channels takes a third of it; YAML that means harm could take seconds with more. */
const LARGEST = 64 * 1024

export interface StationFileOptions {
  /** Told what is left aside, a sentence each. */
  readonly onNote?: (note: string) => void
}

/** Reads a station file, YAML or JSON. An error names the file, the place in it, the value and the rule. */
export async function loadStation(path: string, options: StationFileOptions = {}): Promise<Station> {
  return parseStation(await readSmallFile(path, { largest: LARGEST, empty: 'a station' }), path, options)
}

export function parseStation(content: string, path: string, { onNote }: StationFileOptions = {}): Station {
  const fail = (problem: string, cause?: unknown) =>
    new TickcastError('bad_station', `${path}${problem}`, { cause })
  const lines = new LineCounter()
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false })
  const [broken] = document.errors
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0])
    throw fail(`:${line}:${col}: no YAML or JSON: ${shown(broken.message)}`)
  }
  let given: unknown
  try {
    given = document.toJS()
  } catch (cause) {
    // Aliases of aliases of aliases: a small file that would be an enormous station.
    throw fail(`: no YAML or JSON: ${shown(errorMessage(cause))}`, cause)
  }
  const { value, unknown } = withoutUnknownKeys(given, (error) => fail(`: ${error}`))
  const parsed = stationFileSchema.safeParse(value)
  if (!parsed.success) {
    throw fail(`: ${listedIssues(parsed.error.issues.flatMap(narrowed), value)}`)
  }
  if (unknown.length > 0)
    onNote?.(`keys that no station file has are ignored: ${listed(unknown)} (${basename(path)})`)
  const station = stationOfFile(parsed.data, path)
  for (const note of unitNotes(station.channels)) onNote?.(note)
  return station
}

function stationOfFile(
  {
    id,
    title,
    known_as,
    time,
    cadence,
    hold,
    health,
    outside,
    neighbours,
    holidays,
    target,
    order,
    table,
    topic,
    decimal,
    missing,
    where,
    channels,
  }: z.infer<typeof stationFileSchema>,
  path: string,
): Station {
  const { column: columns, format, utc_offset, zone, zone_column, zones } = time
  const layout = { ...table, ...(order && { order }) }
  const meant = {
    name: target,
    unit: channels.find(({ name, column }) => (name ?? column) === target)?.unit ?? '',
  }
  return {
    id,
    title: title ?? basename(path).replace(/\.[^.]+$/, ''),
    ...(known_as && { knownAs: known_as }),
    time: {
      column: columns[0]!,
      formats: format,
      utcOffsetMinutes: utc_offset === undefined ? 0 : offsetMinutes(utc_offset),
      ...(columns.length > 1 && { columns }),
      ...(zone !== undefined && { zone }),
      ...(zone_column !== undefined && { zoneColumn: zone_column }),
      ...(zones && { zones }),
    },
    cadence: parseSpan(cadence) ?? 0,
    ...(hold !== undefined && { hold: parseSpan(hold) ?? 0 }),
    ...(health !== undefined && { health: healthOfFile(health) }),
    ...(outside && { outside: outside.map((given) => issuerOfFile(given, { target: meant, path })) }),
    ...(neighbours && { neighbours: neighbours === 'auto' ? neighbours : neighbours.map(neighbourOf) }),
    ...(holidays !== undefined && { holidays }),
    target,
    channels: channels.map(({ name, column, unit, min, max, sentinels, ...rules }) => ({
      name: name ?? column ?? '',
      column: column ?? name ?? '',
      unit,
      limits: { min, max },
      sentinels,
      ...rules,
      ...(topic !== undefined && rules.topic === undefined && { topic }),
      ...(decimal && !rules.decimal && { decimal }),
      ...(missing && { missing: [...missing, ...(rules.missing ?? [])] }),
      ...(where && { where: { ...where, ...rules.where } }),
    })),
    ...(Object.keys(layout).length > 0 && { layout }),
    simulated: false,
  }
}

function healthOfFile(given: NonNullable<z.infer<typeof stationFileSchema>['health']>): HealthSetting {
  if (given === 'off') return given
  const { stuck_after: after } = given
  return after === undefined ? {} : { stuckAfter: parseSpan(after) ?? 0 }
}

/**
 * A key that no station file has is left aside; but one that is nearly one, or one of another place, is a slip that
 * would go unnoticed: an error.
 */
function withoutUnknownKeys(
  given: unknown,
  fail: (problem: string) => TickcastError,
): { readonly value: unknown; readonly unknown: readonly string[] } {
  const issues = stationFileSchema.safeParse(given).error?.issues.flatMap(narrowed) ?? []
  const unknown: string[] = []
  const value: unknown = issues.some(({ code }) => code === 'unrecognized_keys')
    ? structuredClone(given)
    : given
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue
    const place = issue.path.findLast((part) => typeof part === 'string' && part in STATION_KEYS)
    const level = (place ?? 'station') as keyof typeof STATION_KEYS
    for (const key of issue.keys) {
      const path = placeText(issue.path)
      const meant = nearestName(key, STATION_KEYS[level])
      if (meant !== undefined) throw fail(`${path}: unknown key '${shown(key)}'; did you mean '${meant}'?`)
      const elsewhere = Object.entries(STATION_KEYS).find(([, keys]) =>
        (keys as readonly string[]).includes(key),
      )
      if (elsewhere) {
        const home = elsewhere[0] === 'station' ? 'the station itself' : `'${elsewhere[0]}'`
        throw fail(`${path}: unknown key '${shown(key)}'; it is a key of ${home}`)
      }
      const holder = valueAt(value, issue.path)
      if (typeof holder === 'object' && holder !== null) Reflect.deleteProperty(holder, key)
      unknown.push(key)
    }
  }
  return { value, unknown }
}

function placeText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  return text === '' ? 'the whole' : text.replace(/^\./, '')
}

/** Enough to mend a first draft in one go, and no more than a terminal shows. */
const MOST_ISSUES = 5

function listedIssues(issues: readonly Issue[], given: unknown): string {
  const left = issues.length - MOST_ISSUES
  const told = issues.slice(0, MOST_ISSUES).map((issue) => described(issue, given))
  return `${told.join('; ')}${left > 0 ? `; and ${left} more` : ''}`
}

function described(issue: Issue, given: unknown): string {
  const place = placeText(issue.path)
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

function neighbourOf({ station, delay }: { station: string; delay?: string | undefined }): Neighbour {
  return { station, ...(delay !== undefined && { delay: parseSpan(delay) ?? 0 }) }
}
