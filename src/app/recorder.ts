import type { Bus } from '../bus/bus.ts'
import { errorMessage } from '../domain/errors.ts'
import type { Instant, Span } from '../domain/instant.ts'
import type { RecordKind } from '../domain/state-store.ts'
import type { MessageOf } from '../protocol/message-of.ts'
import { outsidePlace } from '../protocol/outside.ts'
import type { Keep } from '../store/keep.ts'
import { type RecordingKeeper, SHOWN, stationKeeper } from './station-keeper.ts'

/** Keeps what others publish on the bus. */
export interface Recorder {
  /** Fulfilled when all that was heard of a station so far is on the disk, or cannot be brought there for now. */
  recorded(station: string): Promise<void>
  close(): Promise<void>
}

export interface RecorderOptions {
  readonly bus: Bus
  readonly folder: Keep
  /** How long what live stations publish is kept; default: for ever. */
  readonly keepFor?: Span | undefined
  readonly warn: (reason: string) => void
}

const SWEEP_EVERY_MS = 60_000

/** When a message is of. */
const TIMES: { readonly [T in RecordKind]: (message: MessageOf[T]) => string } = {
  reading: ({ event_time }) => event_time,
  forecast: ({ issued_at }) => issued_at,
  score: ({ as_of }) => as_of,
  outside: ({ available_at }) => available_at,
}

/**
 * Hears all that the bus still holds and all that comes: what was kept already takes its own place, so that nothing is
 * missing after a while away, as far back as the bus reaches.
 */
export async function openRecorder({ bus, folder, keepFor, warn }: RecorderOptions): Promise<Recorder> {
  const keepers = new Map<string, RecordingKeeper>()
  /** By station: event time before which all is to go. */
  const tooOld = new Map<string, Instant>()
  const sweep = setInterval(() => {
    for (const [station, before] of tooOld) {
      if (!Number.isFinite(before)) continue
      folder
        .letGo(station, { before })
        .catch((error: unknown) => warn(`what is old of ${station} is not let go of: ${errorMessage(error)}`))
    }
  }, SWEEP_EVERY_MS)
  const keeperOf = (station: string, isTape: boolean): RecordingKeeper => {
    const known = keepers.get(station)
    if (known) return known
    const keeper = stationKeeper({
      states: { checkpoint: async () => undefined },
      record: folder,
      station,
      description: {},
      onError: (error) => warn(error.message),
      keepFor: isTape ? SHOWN : keepFor,
    })
    keepers.set(station, keeper)
    return keeper
  }
  const heard = <T extends RecordKind>(topic: T) =>
    bus.subscribe(
      { topic },
      ({ station, message }) => {
        const { replay } = message
        const session = replay?.session ?? ''
        const eventTime: Instant = Date.parse(TIMES[topic](message))
        // By the newest reading: forecasts and scores come on streams of their own, later or sooner.
        if (topic === 'reading')
          tooOld.set(station, eventTime - (replay ? SHOWN : (keepFor ?? Number.POSITIVE_INFINITY)))
        return keeperOf(station, replay !== undefined).keep(topic, {
          session: 'issuer' in message ? outsidePlace(message, session) : session,
          eventTime,
          message,
        })
      },
      { from: 'retained' },
    )
  const subscriptions = await Promise.all([
    bus.subscribe(
      { topic: 'station' },
      async ({ station, message }) => {
        try {
          if (!message.removed) return await folder.describe(message)
          await keepers.get(station)?.leave()
          keepers.delete(station)
          tooOld.delete(station)
          await folder.remove(station)
        } catch (error) {
          warn(`what ${station} is cannot be kept: ${errorMessage(error)}`)
        }
      },
      { from: 'retained' },
    ),
    heard('reading'),
    heard('forecast'),
    heard('score'),
    heard('outside'),
  ])
  return {
    recorded: async (station) => keepers.get(station)?.recorded(),
    async close() {
      clearInterval(sweep)
      await Promise.all(subscriptions.map((subscription) => subscription.close()))
      await Promise.all([...keepers.values()].map((keeper) => keeper.leave()))
    },
  }
}
