import { type Clock, systemClock } from '../domain/clock.ts'
import { errorMessage } from '../domain/errors.ts'
import { formatInstant } from '../domain/instant.ts'
import {
  bytesToKeep,
  type CheckpointToKeep,
  type Damage,
  type KeptCheckpoint,
  type KeptRecord,
  type KeptTapeState,
  type RecordKind,
  type StateStore,
  TAPE_BYTES,
} from '../domain/state-store.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import type { TickMessage } from '../protocol/tick.ts'
import { groupCommit } from './group-commit.ts'
import type { Ask, LetGoRange, RecordRange, RequestKind, Requests, WrittenRecord } from './messages.ts'
import { openStoreThread } from './store-thread.ts'

export interface KeptTick {
  readonly position: number
  readonly tick: TickMessage
}

/** Those who keep a station know them from here. */
export type { KeptCheckpoint, KeptRecord, KeptTapeState }

/**
 * What live stations need so that nothing learnt is lost, in one SQLite file. Calls take effect in the order they are
 * made. Every one rejects with a `TickcastError` (`store_full`, `store_unwritable`, `store_damaged`, `store_in_use`)
 * where a person can help, and leaves the file as it was; the next call tries again. After `close` every one rejects.
 */
export interface Keep extends StateStore {
  readonly folder: string
  /**
   * Journals a tick as it is now: fulfilled once it is on the disk. Ticks that come together share a wait for the disk,
   * and a failure. Gives the tick's position: the next whole number, counted per folder and never given twice.
   */
  append(station: string, tick: TickMessage): Promise<number>
  /** Ticks of a station journalled after a position, oldest first, in batches of 1000 at most. */
  journal(station: string, after: number): AsyncGenerator<readonly KeptTick[]>
  /**
   * State, position and what was published up to it move in one transaction; ticks up to the older of the two
   * checkpoints that stay are let go. A record takes the place of one of the same kind, session and event time.
   */
  checkpoint(station: string, checkpoint: CheckpointToKeep): Promise<void>
  /** Keeps what was published ahead of the next checkpoint: all of it or nothing. A record takes the place of one as there. */
  record(station: string, records: readonly KeptRecord[]): Promise<void>
  /**
   * Lets go of what a station published before a time or from one on, piece by piece, so that no other call waits for more than one.
   * Fulfilled when nothing of it is left, or once `close` is called: what is left then the next call lets go of.
   */
  letGo(station: string, range: LetGoRange): Promise<void>
  /** Keeps what a station is, in the place of what was kept of it before. */
  describe(station: StationMessage): Promise<void>
  /** A page of what was published. `after` of the next page is the last record of this one. */
  records(station: string, what: RecordKind, range: RecordRange): Promise<readonly KeptRecord[]>
  /** Forgets all of a station. Positions go on. */
  remove(station: string): Promise<void>
  /** What was wrong with the last write, in words; undefined once one has succeeded since. A lost thread stays lost. */
  health(): string | undefined
  /** Fulfilled when all that was asked before is on the disk and the folder is free for others. */
  close(): Promise<void>
}

export interface KeepOptions {
  readonly clock?: Clock
  /** Told of whatever is found not to be as it was written. */
  readonly onDamage?: (damage: Damage) => void
  /** The file's size at most, in bytes; default: as much as the disk holds. */
  readonly maxBytes?: number
  /** Of the states and samples of a station's tape at most, in bytes; default: 295 million. */
  readonly tapeBytes?: number
}

/**
 * Opens a folder, made with its parents (mode 0700) where it is missing. Rejects with a `TickcastError`: `store_in_use`
 * (names the process and since when it holds it), `store_unwritable`, `store_damaged`, `store_version`.
 */
export async function openKeep(
  folder: string,
  { clock = systemClock, onDamage = () => undefined, maxBytes, tapeBytes = TAPE_BYTES }: KeepOptions = {},
): Promise<Keep> {
  const thread = await openStoreThread({ folder, since: clock.now(), maxBytes, tapeBytes }, onDamage)
  let unwell: string | undefined
  let closing: Promise<void> | undefined

  const write = async <K extends RequestKind>(ask: Ask<K>, transfer?: readonly ArrayBuffer[]) => {
    try {
      const answer = await thread.ask<K>(ask, transfer)
      unwell = undefined
      return answer
    } catch (error) {
      unwell = errorMessage(error)
      throw error
    }
  }
  const group = groupCommit((ticks) => write<'append'>({ kind: 'append', ticks }))
  const inOrder = <T>(ask: () => Promise<T>): Promise<T> => {
    if (closing !== undefined) return Promise.reject(new Error(`${folder}: the store is closed`))
    group.flush()
    return ask()
  }
  const read = <K extends RequestKind>(ask: Ask<K>): Promise<Requests[K]['answer']> =>
    inOrder(() => thread.ask<K>(ask))

  /** Undefined, and reported, where it is no JSON any more. */
  const parse = (text: string, station: string, place: string): { readonly value: unknown } | undefined => {
    try {
      return { value: JSON.parse(text) }
    } catch (error) {
      onDamage({ station, message: `${place} of ${station} is damaged: ${errorMessage(error)}` })
      return undefined
    }
  }

  return {
    folder,
    async append(station, tick) {
      if (closing !== undefined) throw new Error(`${folder}: the store is closed`)
      return group.add({ station, receivedAt: clock.now(), tick: JSON.stringify(tick) })
    },
    async *journal(station, after) {
      for (let from: number | undefined = after; from !== undefined; ) {
        const { rows, readTo }: Requests['journal']['answer'] = await read<'journal'>({
          kind: 'journal',
          station,
          after: from,
        })
        if (rows.length > 0) {
          yield rows.flatMap(({ position, tick }) => {
            const parsed = parse(tick, station, `the tick at position ${position}`)
            return parsed === undefined ? [] : [{ position, tick: parsed.value as TickMessage }]
          })
        }
        from = readTo
      }
    },
    checkpoint(station, { position, eventTime, state, records }) {
      const bytes = bytesToKeep(state)
      const checkpoint = {
        position,
        eventTime,
        writtenAt: clock.now(),
        state: bytes,
        records: records.map(written),
      }
      const transfer = bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : []
      return inOrder(() => write<'checkpoint'>({ kind: 'checkpoint', station, checkpoint }, transfer)).then(
        () => undefined,
      )
    },
    record: (station, records) =>
      inOrder(() => write<'record'>({ kind: 'record', station, records: records.map(written) })).then(
        () => undefined,
      ),
    async letGo(station, range) {
      const piece = () => inOrder(() => write<'letGo'>({ kind: 'letGo', station, range }))
      while (closing === undefined && (await piece())) {}
    },
    describe: (station) =>
      inOrder(() =>
        write<'describe'>({ kind: 'describe', station: station.id, description: JSON.stringify(station) }),
      ).then(() => undefined),
    checkpoints: (station) => read<'checkpoints'>({ kind: 'checkpoints', station }),
    async records(station, what, range) {
      const records = await read<'records'>({ kind: 'records', station, what, range })
      return records.flatMap((record) => {
        const at = `the ${what} of ${formatInstant(record.eventTime)}`
        const parsed = parse(record.message, station, at)
        return parsed === undefined ? [] : [{ ...record, message: parsed.value }]
      })
    },
    keepTape: (station, tape) =>
      inOrder(() => write<'keepTape'>({ kind: 'keepTape', station, message: JSON.stringify(tape) })).then(
        () => undefined,
      ),
    async tape(station) {
      const message = await read<'tape'>({ kind: 'tape', station })
      return message === undefined ? undefined : parse(message, station, 'the tape')?.value
    },
    keepTapeState(station, { row, eventTime, state, samplesTo, samples }) {
      const copy = new Uint8Array(state)
      const samplesCopy = samples && new Uint8Array(samples)
      const written = {
        row,
        eventTime,
        writtenAt: clock.now(),
        state: copy,
        samplesTo,
        samples: samplesCopy,
      }
      const transfer = samplesCopy ? [copy.buffer, samplesCopy.buffer] : [copy.buffer]
      return inOrder(() =>
        write<'keepTapeState'>({ kind: 'keepTapeState', station, state: written }, transfer),
      ).then(() => undefined)
    },
    tapeStates: (station) => read<'tapeStates'>({ kind: 'tapeStates', station }),
    tapeState: (station, row) => read<'tapeState'>({ kind: 'tapeState', station, row }),
    forgetTapeStates: (station, after) =>
      inOrder(() => write<'forgetTapeStates'>({ kind: 'forgetTapeStates', station, after })).then(
        () => undefined,
      ),
    remove: (station) => inOrder(() => write<'remove'>({ kind: 'remove', station })).then(() => undefined),
    health: () => thread.failure() ?? unwell,
    close() {
      closing ??= inOrder(() => thread.ask<'close'>({ kind: 'close' })).finally(() => thread.ended)
      return closing
    },
  }
}

function written(record: KeptRecord): WrittenRecord {
  return { ...record, message: JSON.stringify(record.message) }
}
