import { deserialize, serialize } from 'node:v8'
import type { Instant } from '../domain/instant.ts'
import type { Reading, ReplayMark } from '../domain/reading.ts'
import { slotsInUse } from '../learn/replay-buffer.ts'
import { emptySlab, type Slab, slabRow } from '../learn/slab.ts'
import type { PipelineEvent } from './events.ts'
import { copyRows, firstRowFrom, type HistoryRows, historyOf, timeOf } from './history.ts'
import { leanState, wholeState } from './lean-state.ts'
import type { FeatureSamples } from './replay-samples.ts'
import { type ModelDescription, readState, writeState } from './state-codec.ts'
import type { StationState } from './station-state.ts'
import {
  fillLookahead,
  lookaheadSlots,
  type WrittenLookahead,
  withoutLookahead,
  writeLookahead,
} from './tape-lookahead.ts'

/*
 * States along a tape, many of one station: most of the bytes of each are rows and samples that it shares with those
 * before and behind it. Neither ever changes, and once dropped they do not come back, so each is written once, with the
 * first of the states that hold it.
 */

export interface TapeState {
  /** All but what follows from the rest, its older rows, and its samples of features, whose issue times it has. */
  readonly state: Uint8Array
  /** Samples issued after `since` and up to `samplesTo`, with the rows of that time; undefined where there are none. */
  readonly samples: Uint8Array | undefined
  /** Issue time of the newest sample that this state or an earlier one has brought. */
  readonly samplesTo: Instant
}

/** Samples by rising issue time, and the rows of the history up to then. */
interface WrittenSamples {
  readonly rows: HistoryRows
  readonly issuedAt: Float64Array
  /** Shape [sample][column]. */
  readonly features: Float32Array
  /** By expert: shape [sample][lead 24]. */
  readonly targets: Readonly<Record<string, Float32Array>>
  /** By expert with rows of its own: shape [sample][row][column]; absent where there is none. */
  readonly own?: Readonly<Record<string, Float32Array>>
  /** Of recurrent networks that know of the hours ahead; absent where none does. */
  readonly lookahead?: WrittenLookahead
}

/** `since`: up to which issue time samples have been written with earlier states; -Infinity where there are none. */
export function writeTapeState(state: StationState, model: ModelDescription, since: Instant): TapeState {
  const { featureSamples, history, lookbackSamples } = state
  const slots = new Map<Instant, number>()
  let samplesTo = since
  for (const slot of slotsInUse(featureSamples.buffer)) {
    const issuedAt = featureSamples.issuedAt[slot]!
    if (issuedAt > since) slots.set(issuedAt, slot)
    samplesTo = Math.max(samplesTo, issuedAt)
  }
  const ahead = lookaheadSlots(state, since)
  for (const row of ahead.keys()) samplesTo = Math.max(samplesTo, timeOf(history, row))
  // Where samples have nothing of their own, rows alone are shared.
  const sharesSamples = Object.keys(featureSamples.lessons).length > 0 || lookbackSamples.lookahead
  if (!sharesSamples && history.rows > history.first) {
    samplesTo = timeOf(history, history.rows - 1)
  }
  const written = firstRowFrom(history, since + 1)
  const shared = firstRowFrom(history, samplesTo + 1)
  const { from: _, ...tail } = copyRows(history, shared, history.rows)
  return {
    state: writeState(
      {
        ...leanState(state),
        history: { ...history, blocks: [tail] },
        featureSamples: withoutNumbers(featureSamples),
        lookbackSamples: withoutLookahead(lookbackSamples),
      },
      model,
    ),
    samples:
      slots.size > 0 || shared > written
        ? writeSamples(copyRows(history, written, shared), {
            ...{ of: featureSamples, slots },
            lookahead: writeLookahead(lookbackSamples, ahead),
          })
        : undefined,
    samplesTo,
  }
}

/** `samples`: of this state and of all that were written before it. Throws as `readState` does, and where one is missing. */
export function readTapeState(
  { state: bytes, samples }: { readonly state: Uint8Array; readonly samples: readonly Uint8Array[] },
  model: ModelDescription,
): StationState {
  const state = readState(bytes, model)
  const { featureSamples, history } = state
  const written = samples.map((one) => deserialize(one) as WrittenSamples)
  const [tail, ...more] = history.blocks
  if (!tail || more.length > 0 || tail.times.length > history.rows - history.first) {
    throw new Error('this state along the tape was kept by an older version')
  }
  const rows = [...written.map((one) => one.rows), { from: history.rows - tail.times.length, ...tail }]
  const places = new Map<Instant, { readonly of: WrittenSamples; readonly index: number }>()
  for (const of of written) {
    for (const [index, issuedAt] of of.issuedAt.entries()) places.set(issuedAt, { of, index })
  }
  for (const slot of slotsInUse(featureSamples.buffer)) {
    const place = places.get(featureSamples.issuedAt[slot]!)
    if (!place) throw new Error('a sample that this state learnt from is missing')
    const { of, index } = place
    slabRow(featureSamples.features, slot).set(rowOf(of.features, featureSamples.features.width, index))
    for (const [name, { targets, own }] of Object.entries(featureSamples.lessons)) {
      slabRow(targets, slot).set(rowOf(of.targets[name]!, targets.width, index))
      const rows = of.own?.[name]
      if (own && rows) slabRow(own.inputs, slot).set(rowOf(rows, own.inputs.width, index))
    }
  }
  fillLookahead(
    state,
    written.flatMap(({ lookahead }) => lookahead ?? []),
  )
  return {
    ...wholeState(state),
    history: historyOf(history, rows),
  }
}

/** A state as if it had been lived in another session: what goes on from it is published under that one's name. */
export function inSession(state: StationState, session: string): StationState {
  const was = state.order.session
  const said = ({ speed, paused }: ReplayMark): ReplayMark => ({ session, speed, paused })
  const reading = <R extends Reading | undefined>(one: R): R =>
    one?.replay && one.replay.session === was ? { ...one, replay: said(one.replay) } : one
  const event = (one: PipelineEvent): PipelineEvent => {
    if (one.kind === 'reading') return { ...one, reading: reading(one.reading) }
    if (one.kind === 'session' && one.session === was) return { ...one, session }
    if (one.kind === 'rejected' && one.replay) return { ...one, replay: { ...one.replay, session } }
    return one
  }
  const { order, bridge, newest } = state
  return {
    ...state,
    order: {
      ...order,
      session: was === undefined ? undefined : session,
      held: order.held.map(reading),
      suspect: reading(order.suspect),
    },
    bridge: { ...bridge, last: reading(bridge.last) },
    waiting: state.waiting.map(event),
    session: state.session === was && was !== undefined ? session : state.session,
    newest: newest?.replay ? { ...newest, replay: { ...newest.replay, session } } : newest,
  }
}

function withoutNumbers({ features, lessons, ...rest }: FeatureSamples): FeatureSamples {
  return {
    ...rest,
    features: emptySlab(features.width),
    lessons: Object.fromEntries(
      Object.entries(lessons).map(([name, { count, targets, own }]) => [
        name,
        {
          ...{ count, targets: emptySlab(targets.width) },
          ...(own && { own: { ...own, inputs: emptySlab(own.inputs.width) } }),
        },
      ]),
    ),
  }
}

function writeSamples(
  rows: HistoryRows,
  {
    of: { features, lessons },
    slots,
    lookahead,
  }: {
    readonly of: FeatureSamples
    readonly slots: ReadonlyMap<Instant, number>
    readonly lookahead: WrittenLookahead | undefined
  },
): Uint8Array {
  const sorted = [...slots].sort(([one], [other]) => one - other)
  const gathered = (slab: Slab): Float32Array => {
    const rows = new Float32Array(sorted.length * slab.width)
    for (const [index, [, slot]] of sorted.entries()) rows.set(slabRow(slab, slot), index * slab.width)
    return rows
  }
  const own = Object.entries(lessons).flatMap(([name, { own }]) =>
    own ? [[name, gathered(own.inputs)] as const] : [],
  )
  return serialize({
    rows,
    issuedAt: Float64Array.from(sorted, ([issuedAt]) => issuedAt),
    features: gathered(features),
    targets: Object.fromEntries(
      Object.entries(lessons).map(([name, { targets }]) => [name, gathered(targets)]),
    ),
    ...(own.length > 0 && { own: Object.fromEntries(own) }),
    ...(lookahead && { lookahead }),
  } satisfies WrittenSamples)
}

function rowOf(rows: Float32Array, width: number, index: number): Float32Array {
  return rows.subarray(index * width, (index + 1) * width)
}
