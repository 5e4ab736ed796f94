import { DiscardPolicy, NatsError, RetentionPolicy, StorageType } from 'nats'
import { type Clock, systemClock } from '../domain/clock.ts'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { MINUTE, type Span } from '../domain/instant.ts'
import { bytesToKeep, type Damage, type StateStore, TAPE_BYTES } from '../domain/state-store.ts'
import { type BucketConfig, bucketFailure, ensureBucket } from './buckets.ts'
import type { NatsLink } from './nats-connection.ts'
import { objectBucket, objectBucketConfig } from './object-bucket.ts'
import type { ObjectInfo } from './object-info.ts'
import { checksum, isDamage, nameOf, namesOfKind, placeOf, timeText, verifiedBytes } from './state-objects.ts'
import { tapeObjects } from './tape-objects.ts'
import { turns } from './turns.ts'

export interface NatsStatesOptions {
  /** Told of whatever is found not to be as it was written. */
  readonly onDamage: (damage: Damage) => void
  readonly clock?: Clock
  /** Of the bucket of states, where it is created here; default: 2 GiB. */
  readonly maxBytes?: number
  /** Of the states and samples of a station's tape at most, in bytes; default: 295 million. */
  readonly tapeBytes?: number
  /** How long what a killed process left half written stays; default: two minutes. */
  readonly orphanAge?: Span
}

const STATES = 'TICKCAST_STATES'
const TAPES = 'TICKCAST_TAPES'

const MIB = 2 ** 20
/** Some twenty stations that are live, or five under replay. The server sets as much aside when it is created. */
const MAX_BYTES = 2048 * MIB
const TAPES_BYTES = 16 * MIB
const ORPHAN_AGE = 2 * MINUTE

const NO_MESSAGE = 10037

/**
 * States in a bucket of JetStream's object store, and how tapes stand in one of its key-value store: a forecaster that
 * was killed goes on from them, on whatever machine. Nothing is asked of the server before the first call, and each one
 * rejects some seconds after it stopped to answer. A state is there once all of its bytes are; killed at any moment, a
 * station has one that is whole. What `records` say is kept by the streams.
 */
export function natsStates(
  link: NatsLink,
  {
    onDamage,
    clock = systemClock,
    maxBytes = MAX_BYTES,
    tapeBytes = TAPE_BYTES,
    orphanAge = ORPHAN_AGE,
  }: NatsStatesOptions,
): StateStore {
  const { connection, manager, address } = link
  const states = objectBucketConfig(STATES, {
    maxBytes,
    description: 'what forecasters of Tickcast know, to go on from',
  })
  const tapes = tapesConfig()
  const bucket = objectBucket(link, { bucket: STATES, clock, orphanAge })
  /** Checkpoints that were found damaged, by name. */
  const damaged = new Set<string>()
  let ready: Promise<void> | undefined
  let sweeping: NodeJS.Timeout | undefined

  const sweep = async (): Promise<void> => {
    // What cannot be swept now is swept the next time.
    if (!connection.isClosed()) await bucket.purgeOrphans().catch(() => undefined)
  }
  /** What is too young to be an orphan now. */
  const sweepLater = (): void => {
    if (sweeping) return
    sweeping = setTimeout(() => {
      sweeping = undefined
      void sweep()
    }, orphanAge * 1.1)
    sweeping.unref()
  }

  const withBucket = async <T>(config: BucketConfig, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw bucketFailure(error, { address, name: config.name })
    }
  }
  const makeReady = async (): Promise<void> => {
    for (const config of [states, tapes]) await withBucket(config, () => ensureBucket(link, config))
    void sweep()
    sweepLater()
  }
  const inTurn = turns()
  const ask = <T>(station: string, config: BucketConfig, work: () => Promise<T>): Promise<T> =>
    inTurn(station, async () => {
      ready ??= makeReady()
      const asked = ready
      try {
        await asked
        return await withBucket(config, work)
      } catch (error) {
        // The buckets may be gone, or were not to be had.
        if (ready === asked) ready = undefined
        throw error
      }
    })

  /** Where there is no room, what others left half written makes some. */
  const put: typeof bucket.put = async (name, bytes, describe) => {
    try {
      await bucket.put(name, bytes, describe)
    } catch (error) {
      sweepLater()
      const failure = bucketFailure(error, { address, name: states.name })
      const isFull = failure instanceof TickcastError && failure.code === 'store_full'
      if (!isFull || (await bucket.purgeOrphans()) === 0) throw failure
      await bucket.put(name, bytes, describe)
    }
  }

  const namesOf = async (station: string): Promise<readonly string[]> =>
    (await bucket.names()).filter((name) => name.startsWith(`${station}/`))
  const checkpointsOf = async (station: string) => {
    const infos = await bucket.infos(namesOfKind(await namesOf(station), 'checkpoint'))
    const newestFirst = infos.toSorted((one, other) => positionOf(other) - positionOf(one))
    // The station went on from an earlier one instead.
    const isOver = ({ sequence }: ObjectInfo, index: number): boolean =>
      newestFirst.slice(index + 1).some((other) => other.sequence > sequence)
    return {
      checkpoints: newestFirst.filter((info, index) => !isOver(info, index)),
      over: newestFirst.filter(isOver),
    }
  }
  /** Keeps the newest two, not counting damaged ones. */
  const prune = async (station: string): Promise<void> => {
    const { checkpoints, over } = await checkpointsOf(station)
    const [, older] = checkpoints.filter(({ name }) => !damaged.has(name))
    const old = older ? checkpoints.slice(checkpoints.indexOf(older) + 1) : []
    for (const info of [...over, ...old]) {
      await bucket.delete(info)
      damaged.delete(info.name)
    }
  }

  const tapeStates = tapeObjects({ bucket: { ...bucket, put }, budget: tapeBytes, onDamage })

  return {
    checkpoint(station, { position, eventTime, state }) {
      const bytes = bytesToKeep(state)
      const writtenAt = clock.now()
      const name = nameOf(station, 'checkpoint', position)
      return ask(station, states, async () => {
        await put(name, bytes, (digest) => ({
          position: String(position),
          eventTime: timeText(eventTime),
          writtenAt: String(writtenAt),
          checksum: checksum([station, position, writtenAt], digest),
        }))
        damaged.delete(name)
        try {
          await prune(station)
        } catch (error) {
          // The checkpoint itself is safe. What it makes superfluous is let go with the next one.
          onDamage({ station, message: `nothing old of ${station} is let go: ${errorMessage(error)}` })
        }
      })
    },
    checkpoints: (station) =>
      ask(station, states, async () => {
        const { checkpoints } = await checkpointsOf(station)
        const read = []
        for (const info of checkpoints) {
          const position = positionOf(info)
          const writtenAt = Number(info.metadata['writtenAt'])
          try {
            const state = await verifiedBytes(bucket, info, [station, position, writtenAt])
            read.push({ position, writtenAt, state })
          } catch (error) {
            if (!isDamage(error)) throw error
            // A process that kept the station until now has let it go meanwhile.
            const [now] = await bucket.infos([info.name])
            if (now?.sequence !== info.sequence) continue
            damaged.add(info.name)
            const message = `the checkpoint of ${station} at position ${position} is damaged: ${errorMessage(error)}`
            onDamage({ station, message })
          }
        }
        return read
      }),
    keepTape(station, tape) {
      const text = JSON.stringify(tape)
      return ask(station, tapes, async () => {
        await connection.jetstream().publish(tapeSubject(station), text)
      })
    },
    tape: (station) =>
      ask(station, tapes, async () => {
        const text = await keptTape(station)
        if (text === undefined) return undefined
        try {
          return JSON.parse(text) as unknown
        } catch (error) {
          onDamage({ station, message: `the tape of ${station} is damaged: ${errorMessage(error)}` })
          return undefined
        }
      }),
    keepTapeState(station, { row, eventTime, state, samplesTo, samples }) {
      const written = {
        row,
        eventTime,
        writtenAt: clock.now(),
        state: new Uint8Array(state),
        samplesTo,
        samples: samples && new Uint8Array(samples),
      }
      return ask(station, states, () => tapeStates.write(station, written))
    },
    tapeStates: (station) => ask(station, states, () => tapeStates.places(station)),
    tapeState: (station, row) => ask(station, states, () => tapeStates.read(station, row)),
    forgetTapeStates: (station, after) => ask(station, states, () => tapeStates.forget(station, after + 1)),
    remove: (station) =>
      ask(station, states, async () => {
        await manager.streams.purge(tapes.name, { filter: tapeSubject(station) })
        for (const info of await bucket.infos(await namesOf(station))) await bucket.delete(info)
      }),
  }

  async function keptTape(station: string): Promise<string | undefined> {
    try {
      const { data } = await manager.streams.getMessage(tapes.name, { last_by_subj: tapeSubject(station) })
      // One that was deleted by another client leaves word of it.
      return data.length === 0 ? undefined : Buffer.from(data).toString()
    } catch (error) {
      if (error instanceof NatsError && error.api_error?.err_code === NO_MESSAGE) return undefined
      throw error
    }
  }
}

function positionOf({ name }: ObjectInfo): number {
  return placeOf(name)!.number
}

function tapeSubject(station: string): string {
  return `$KV.${TAPES}.${station}`
}

function tapesConfig(): BucketConfig {
  return {
    name: `KV_${TAPES}`,
    description: 'how the tapes of Tickcast stand',
    subjects: [`$KV.${TAPES}.>`],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    max_msgs_per_subject: 1,
    max_bytes: TAPES_BYTES,
    allow_rollup_hdrs: true,
    allow_direct: true,
    deny_delete: true,
  }
}
