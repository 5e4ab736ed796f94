import { deserialize, serialize } from 'node:v8'
import { emptyHealth } from './health/health-state.ts'
import { type SerialLayout, serialLayout } from './serial-layout.ts'
import { withSignOfNow } from './sign-of-now.ts'
import type { StationState } from './station-state.ts'

/** Of the layout of `StationState`: raised whenever an older state can no longer be read as it is. */
export const STATE_VERSION = 4

/** From a version to the next one, by the older one's number. Those below the first cannot be read any more. */
const MIGRATIONS: Readonly<Record<number, (state: StationState) => StationState>> = {
  1: (state) => ({ ...state, tapeRow: undefined }),
  2: (state) => ({ ...state, health: emptyHealth() }),
  3: withSignOfNow,
}

/** What a state belongs to: whatever of station, flags and experts makes it another one's. Plain data, a fact each. */
export type ModelDescription = Readonly<Record<string, unknown>>

interface Written {
  readonly format: typeof FORMAT
  readonly version: number
  readonly model: ModelDescription
  readonly state: StationState
}

const FORMAT = 'tickcast station state'

/** A station's whole state as bytes, by the structured clone that Node itself writes: numbers keep every bit. */
export function writeState(state: StationState, model: ModelDescription): Uint8Array {
  return serialize({ format: FORMAT, version: STATE_VERSION, model, state } satisfies Written)
}

/** The same bytes, to be written where there is room for them: between the same two ticks. */
export function stateLayout(state: StationState, model: ModelDescription): SerialLayout {
  return serialLayout({ format: FORMAT, version: STATE_VERSION, model, state } satisfies Written)
}

/** Throws an error for people where the bytes are none, of another version, or of another model. */
export function readState(bytes: Uint8Array, model: ModelDescription): StationState {
  const { state, model: was } = readAnyState(bytes)
  const other = differences(was, model)
  if (other.length > 0) throw new Error(`this state is of another model: ${other.join('; ')}`)
  return state
}

/** A state of whatever model. Throws an error for people where the bytes are none, or of another version. */
export function readAnyState(bytes: Uint8Array): {
  readonly state: StationState
  readonly model: ModelDescription
} {
  const written = unpacked(bytes)
  if (!isWritten(written)) throw new Error('these bytes are no state of a station')
  return { state: migrated(written), model: written.model }
}

function migrated({ version, state }: Written): StationState {
  let [at, now] = [version, state]
  for (let step = MIGRATIONS[at]; step; step = MIGRATIONS[++at]) now = step(now)
  if (at === STATE_VERSION) return now
  throw new Error(
    `a state of version ${version} is not read by this one, which writes version ${STATE_VERSION}`,
  )
}

/** What of two models is not the same, a fact each, in words; none where a state of one is one of the other. */
export function differences(written: ModelDescription, model: ModelDescription): string[] {
  return differing('', asJson(written), asJson(model))
}

/** Whether two parts of descriptions say the same, in whatever order. */
export function sayTheSame(one: unknown, other: unknown): boolean {
  return differing('', asJson(one), asJson(other)).length === 0
}

/** As a state is compared that was written long ago: nothing that is undefined, and no order of keys. */
function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

function differing(place: string, was: unknown, is: unknown): string[] {
  if (Object.is(was, is)) return []
  if (!isNested(was) || !isNested(is) || lengthOf(was) !== lengthOf(is)) {
    return [`${place} was ${JSON.stringify(was)}, and is ${JSON.stringify(is)}`]
  }
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
    differing(place === '' ? key : `${place}.${key}`, was[key], is[key]),
  )
}

/** Of a list; lists of other lengths are told as a whole. */
function lengthOf(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : undefined
}

function isNested(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function unpacked(bytes: Uint8Array): unknown {
  try {
    // Arrays are read as views of what is given here, and are changed in place: of a copy.
    return deserialize(Uint8Array.from(bytes))
  } catch (cause) {
    throw new Error('these bytes are no state of a station', { cause })
  }
}

function isWritten(value: unknown): value is Written {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === FORMAT &&
    'version' in value &&
    'model' in value &&
    'state' in value
  )
}

/** Bytes of each stage, as they are written. */
export function stateSizes(state: StationState): Record<string, number> {
  return Object.fromEntries(Object.entries(state).map(([stage, part]) => [stage, serialize(part).length]))
}
