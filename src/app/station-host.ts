import { describeInvalid, type Invalid } from '../bus/wire.ts'
import { within } from '../domain/deadline.ts'
import type { StationStream } from '../flow/station-stream.ts'
import { stationOf } from '../protocol/encode.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import { type HostedStation, type HostingOptions, LAST, openHostedStation } from './hosted-station.ts'
import { neighbourTeller } from './neighbour-teller.ts'
import { stateMemory } from './state-memory.ts'
import { isAway } from './station-start.ts'

/**
 * Anyone may publish to a subject: an invalid tick counts as a rejected one, any other invalid message is only
 * reported.
 */
export function rejectInvalid(
  invalid: Invalid,
  { host, warn }: { readonly host: StationHost | undefined; readonly warn: (error: string) => void },
): void {
  const { topic, station, id, field, text, rule } = invalid
  if (topic !== 'tick') warn(describeInvalid(invalid))
  else host?.stations.get(station)?.reject(id, { field, value: text, rule, reason: 'malformed' })
}

export interface HostOptions extends HostingOptions {
  /** A station that was announced cannot be forecast: the flags do not fit it, or its description makes no sense. */
  readonly onUnsuitable: (station: string, error: unknown) => void
}

/** Forecasts every station that is announced on the bus, each in a pipeline of its own. */
export interface StationHost {
  readonly stations: ReadonlyMap<string, StationStream>
  /** Fulfilled when all that a station has published so far is where it is kept. */
  recorded(station: string): Promise<void>
  close(): Promise<void>
}

/** From one attempt to open a station to the next, where the bus's server is away. */
const RETRY_MS = 500
/** They are opened one after the other, and known at once. */
const ANNOUNCED_AT_ONCE = 64

export async function openStationHost(options: HostOptions): Promise<StationHost> {
  const { bus } = options
  const hosted = new Map<string, HostedStation>()
  const stations = new Map<string, StationStream>()
  const memory = stateMemory()
  let closing = false
  /** The announcement under way; they are handed on one at a time. */
  let opening = Promise.resolve()
  const teller = neighbourTeller({ bus, now: Date.now, onError: options.onFailure })

  const announced = async (message: StationMessage): Promise<void> => {
    const station = stationOf(message)
    const built = JSON.stringify(station)
    const known = hosted.get(station.id)
    const session = message.tape?.session ?? ''
    // Wound back, say: it goes on from another state than the one it has.
    const goesOn = known && session > known.sessions.session && message.tape?.after !== undefined
    if (closing) return
    if (message.removed) {
      await known?.close()
      hosted.delete(station.id)
      stations.delete(station.id)
      await (options.keep?.folder ?? options.keep?.states)?.remove(station.id)
      // What its pipeline published last goes too, unless the station was announced anew meanwhile.
      if ((await bus.newest(station.id, 'station')) === undefined) await bus.forget(station.id)
      return
    }
    if (known?.built === built && !goesOn) {
      known.sessions.announce(session)
      return
    }
    await (goesOn ? known.leave() : known?.close())
    hosted.delete(station.id)
    stations.delete(station.id)
    const next = await openHostedStation(station, options, {
      ...{ built, session, goesOn: known?.built === built },
      ...{ tape: message.tape, memory },
      reached: known?.stream.state.position,
      teller,
    })
    // It came too late.
    if (closing) return next.close()
    hosted.set(station.id, next)
    stations.set(station.id, next.stream)
  }

  /** A server that goes away just then is no fault of the station, which nobody announces again. */
  const onceThere = async (message: StationMessage): Promise<void> => {
    for (;;) {
      try {
        return await announced(message)
      } catch (error) {
        if (!isAway(error)) throw error
        if (closing) return
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  const subscription = await bus.subscribe(
    { topic: 'station' },
    ({ station, message }) => {
      // Ahead of any tick: what a station works off again is told to those that are opened behind it, too.
      teller.announced(message)
      opening = opening
        .then(() => onceThere(message))
        .catch((error: unknown) => options.onUnsuitable(station, error))
      return opening
    },
    { from: 'retained', maxInFlight: ANNOUNCED_AT_ONCE },
  )

  return {
    stations,
    recorded: async (station) => hosted.get(station)?.recorded(),
    async close() {
      closing = true
      await subscription.close()
      const closed = async (): Promise<void> => {
        // A pool that is partly open has threads already, which would keep the process alive.
        await opening
        await Promise.all([...hosted.values()].map((each) => each.close()))
      }
      // A server that is away answers nothing of what a station that is being opened asks it.
      await (bus.kind === 'nats' ? within(closed(), LAST).catch(() => undefined) : closed())
    },
  }
}
