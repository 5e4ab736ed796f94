import { errorMessage, TickcastError } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import type { Damage, KeptTapeState, ReadTapeState, TapeStates } from '../domain/state-store.ts'
import { superfluous } from '../domain/tape-thinning.ts'
import type { ObjectBucket } from './object-bucket.ts'
import type { ObjectInfo } from './object-info.ts'
import {
  checksum,
  isDamage,
  nameOf,
  namesOfKind,
  placeOf,
  timeOf,
  timeText,
  verifiedBytes,
} from './state-objects.ts'

/** The states along a station's tape, and their samples, as objects. One call of a station at a time. */
export interface TapeObjects {
  write(station: string, state: KeptTapeState & { readonly writtenAt: Instant }): Promise<void>
  places(station: string): Promise<TapeStates>
  read(station: string, row: number): Promise<ReadTapeState | undefined>
  /** States and samples from a row on. */
  forget(station: string, from: number): Promise<void>
}

interface Held {
  readonly row: number
  readonly info: ObjectInfo
}

interface HeldState extends Held {
  readonly eventTime: Instant
  readonly samplesTo: Instant | null
}

interface HeldSamples extends Held {
  readonly from: Instant | null
  readonly to: Instant
}

export function tapeObjects({
  bucket,
  budget,
  onDamage,
}: {
  readonly bucket: ObjectBucket
  /** Of the states and samples of one station, in bytes. */
  readonly budget: number
  readonly onDamage: (damage: Damage) => void
}): TapeObjects {
  /** By row. */
  const held = async (station: string) => {
    const names = (await bucket.names()).filter((name) => name.startsWith(`${station}/`))
    const [states, samples] = await Promise.all(
      (['state', 'samples'] as const).map(async (kind) => {
        const infos = await bucket.infos(namesOfKind(names, kind))
        return infos
          .map((info) => ({ row: placeOf(info.name)!.number, info }))
          .sort((one, other) => one.row - other.row)
      }),
    )
    return { states: states!.map(stateOf), samples: samples!.map(samplesOf) }
  }

  /** In the place of those behind the same row; where there are no new ones, those stay. */
  const putSamples = async (
    station: string,
    { row, samples, samplesTo: to }: KeptTapeState,
    there: readonly HeldSamples[],
  ): Promise<readonly HeldSamples[]> => {
    if (samples === undefined) return there
    const from = reachOf(there, row - 1)
    const name = nameOf(station, 'samples', row)
    await bucket.put(name, samples, (digest) => ({
      from: timeText(from),
      to: timeText(to),
      checksum: checksum([station, row, from, to], digest),
    }))
    const [info] = await bucket.infos([name])
    return [...there.filter((one) => one.row !== row), ...(info ? [{ row, info, from, to }] : [])].sort(
      (one, other) => one.row - other.row,
    )
  }

  const forget = async (station: string, from: number): Promise<void> => {
    const { states, samples } = await held(station)
    // States first: none is left whose samples are gone.
    for (const { row, info } of [...states, ...samples]) if (row >= from) await bucket.delete(info)
  }

  return {
    async write(station, written) {
      const { row, eventTime, writtenAt, state } = written
      const there = await held(station)
      const samples = await putSamples(station, written, there.samples)
      const reach = reachOf(samples, row)
      try {
        await bucket.put(nameOf(station, 'state', row), state, (digest) => ({
          row: String(row),
          eventTime: timeText(eventTime),
          writtenAt: timeText(writtenAt),
          samplesTo: timeText(reach),
          checksum: checksum([station, row, eventTime, writtenAt, reach], digest),
        }))
      } catch (error) {
        const added = samples.find((one) => one.row === row && !there.samples.some((old) => old.row === row))
        // Those that stay, because the server is away, are replaced with the next state behind that row.
        if (added) await bucket.delete(added.info).catch(() => undefined)
        throw error
      }
      const others = there.states.filter((one) => one.row !== row && isReadable(one))
      const places = [
        ...others.map(placeOfState),
        { row, eventTime, bytes: state.length, samplesTo: undefined },
      ].sort((one, other) => one.row - other.row)
      const bytes = budget - samples.reduce((sum, { info }) => sum + info.size, 0)
      try {
        for (const { row: old } of superfluous(places, { written: row, bytes })) {
          await bucket.delete(others.find((one) => one.row === old)!.info)
        }
      } catch (error) {
        // The state itself is safe. What it makes superfluous is let go with the next one.
        onDamage({
          station,
          message: `nothing old of the tape of ${station} is let go: ${errorMessage(error)}`,
        })
      }
    },
    async places(station) {
      const { states, samples } = await held(station)
      return { states: states.filter(isReadable).map(placeOfState), samplesTo: reachOf(samples) ?? undefined }
    },
    async read(station, row) {
      const { states, samples } = await held(station)
      const state = states.find((one) => one.row === row)
      if (!state) return undefined
      const read: Uint8Array[] = []
      let reach: Instant | null = null
      for (const { row: at, info, from, to } of samples.filter((one) => one.row <= row)) {
        try {
          read.push(await verifiedBytes(bucket, info, [station, at, from, to]))
          if (isBeyond(from, reach)) throw new TickcastError('store_damaged', 'some before them are missing')
          reach = Math.max(reach ?? to, to)
        } catch (error) {
          if (!isDamage(error)) throw error
          const what = `the samples of the tape of ${station} behind row ${at}`
          const message = `${what} are damaged, and no state from there on can be used: ${errorMessage(error)}`
          onDamage({ station, message })
          await forget(station, at)
          return undefined
        }
      }
      try {
        const { eventTime, samplesTo, info } = state
        const writtenAt = timeOf(info.metadata['writtenAt'])
        const bytes = await verifiedBytes(bucket, info, [station, row, eventTime, writtenAt, samplesTo])
        if (isBeyond(samplesTo, reach)) {
          throw new TickcastError('store_damaged', 'some of its samples are missing')
        }
        return { state: bytes, samples: read }
      } catch (error) {
        if (!isDamage(error)) throw error
        const what = `the state of the tape of ${station} behind row ${row}`
        onDamage({ station, message: `${what} is damaged: ${errorMessage(error)}` })
        await bucket.delete(state.info)
        return undefined
      }
    },
    forget,
  }
}

function stateOf({ row, info }: Held): HeldState {
  const { eventTime, samplesTo } = info.metadata
  return { row, info, eventTime: Number(eventTime), samplesTo: timeOf(samplesTo) }
}

function samplesOf({ row, info }: Held): HeldSamples {
  const { from, to } = info.metadata
  return { row, info, from: timeOf(from), to: Number(to) }
}

/** One whose description is none is reported when it is asked for by its row. */
function isReadable({ eventTime }: HeldState): boolean {
  return Number.isFinite(eventTime)
}

function placeOfState({ row, eventTime, samplesTo, info }: HeldState): TapeStates['states'][number] {
  return { row, eventTime, bytes: info.size, samplesTo: samplesTo ?? undefined }
}

/** Up to which issue time there are samples of rows up to one; null where there are none. */
function reachOf(samples: readonly HeldSamples[], row = Number.POSITIVE_INFINITY): Instant | null {
  const to = samples.filter((one) => one.row <= row && Number.isFinite(one.to)).map((one) => one.to)
  return to.length === 0 ? null : Math.max(...to)
}

function isBeyond(time: Instant | null, reach: Instant | null): boolean {
  return time !== null && (reach === null || time > reach)
}
