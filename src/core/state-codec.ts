import { deserialize, serialize } from 'node:v8'
import type { StationState } from './station-state.ts'

/** Of the layout of `StationState`: raised whenever an older state can no longer be read as it is. */
export const STATE_VERSION = 1

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

/** Throws an error for people where the bytes are none, of another version, or of another model. */
export function readState(bytes: Uint8Array, model: ModelDescription): StationState {
  const written = unpacked(bytes)
  if (!isWritten(written)) throw new Error('these bytes are no state of a station')
  if (written.version !== STATE_VERSION) {
    throw new Error(
      `a state of version ${written.version} is not read by this one, which writes version ${STATE_VERSION}`,
    )
  }
  const other = differences(written.model, model)
  if (other.length > 0) throw new Error(`this state is of another model: ${other.join('; ')}`)
  return written.state
}

function differences(written: ModelDescription, model: ModelDescription): string[] {
  const facts = [...new Set([...Object.keys(written), ...Object.keys(model)])]
  const pairs = facts.map(
    (fact) => [fact, JSON.stringify(written[fact]), JSON.stringify(model[fact])] as const,
  )
  return pairs
    .filter(([, was, is]) => was !== is)
    .map(([fact, was, is]) => `${fact} was ${was}, and is ${is}`)
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
