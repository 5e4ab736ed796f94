import { z } from 'zod'
import { type KeptTape, keptTapeSchema } from '../../replay/kept-tape.ts'
import type { KeptPlace } from '../../replay/replay-controller-state.ts'
import type { Tape } from '../../replay/tape.ts'
import type { TapeMemory } from '../../replay/tape-memory.ts'
import type { ModelDescription } from '../core/state-codec.ts'
import type { StationState } from '../core/station-state.ts'
import { inSession, readTapeState, writeTapeState } from '../core/tape-state.ts'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { DAY, type Instant, type Span } from '../domain/instant.ts'
import type { StateStore } from '../domain/state-store.ts'
import type { Station } from '../domain/station.ts'
import { packed, unpacked } from './packing.ts'

/** States kept along a tape: of eight hourly years they and their samples take 289 MB, and 1,850 rows are lived again from one to the next at most. */
const STATES_A_TAPE = 38
/** While little of it was lived there are more, so many at least of that, but not nearer than these rows. */
const STATES_AT_LEAST = 8
const FEWEST_ROWS = 1000
/** From one to the next where the tape's end is not known. */
const WITHOUT_AN_END = 30 * DAY

/** The states of a station's models along its tape, and where that stands. */
export interface TapeStates extends TapeMemory {
  /** How the tape stood when it was kept last; undefined where it never was. */
  readonly kept: KeptTape | undefined
  /**
   * Keeps the models' state, unless one that is near by is kept. To be called between two ticks, after each. `published`
   * is fulfilled when all that was published up to there is stored, and rejects where it cannot be: a state that
   * outlasted it would leave it out for ever.
   */
  offer(state: StationState, model: ModelDescription, published: () => Promise<void>): void
  /** Fulfilled once nothing is being kept or forgotten; never rejects. */
  settled(): Promise<void>
  /**
   * This session is played from now on: what is on its way of one before, whose past may be forgotten by then, is not
   * kept. Sessions sort by their names; an earlier one is passed over.
   */
  follow(session: string): void
  /** Another session is played by now. */
  isOver(session: string): boolean
  /** The state that is kept behind a row, as if lived in this session. Rejects where there is none that can be read. */
  restore(
    row: number,
    of: { readonly model: ModelDescription; readonly session: string },
  ): Promise<StationState>
}

export type TapeSpan = Pick<Tape, 'first' | 'last'>

export interface TapeStatesOptions {
  readonly store: StateStore
  readonly tape: TapeSpan & { readonly station: Pick<Station, 'id' | 'cadence'> }
  /**
   * Whatever makes what was lived of this tape another past: the rows it has, and the models. Undefined: whoever plays
   * it sees to that.
   */
  readonly identity?: string
  /** Forgets what is kept of another past; without it such a start is refused. */
  readonly anew?: boolean
  /** Something could not be kept or forgotten. */
  readonly warn: (reason: string) => void
}

const storedSchema = z.object({ identity: z.string(), tape: keptTapeSchema })

/** Rejects with a `TickcastError` (`usage`) where the store has another past of the station, and it is not to be forgotten. */
export async function openTapeStates({
  store,
  tape: { station, first, last },
  identity,
  anew = false,
  warn,
}: TapeStatesOptions): Promise<TapeStates> {
  const { id } = station
  if (anew) await store.remove(id)
  const kept = identity === undefined ? undefined : await keptTape(store, { station: id, identity })
  const every = last === null ? WITHOUT_AN_END : Math.max(1, (last - first) / STATES_A_TAPE)
  let { states } = await store.tapeStates(id)
  /** Halves of halves of what is kept in the end, so that of those none is written for nothing. */
  const cellAt = (time: Instant): Span => {
    const wanted = Math.max((time - first) / STATES_AT_LEAST, FEWEST_ROWS * station.cadence)
    return wanted >= every ? every : every / 2 ** Math.floor(Math.log2(every / wanted))
  }
  const isKeptNear = (time: Instant): boolean => {
    const size = cellAt(time)
    const cell = Math.floor((time - first) / size)
    return cell < 1 || states.some(({ eventTime }) => Math.floor((eventTime - first) / size) === cell)
  }
  /** What is under way: nothing is kept meanwhile, since which samples are there is not known. */
  let busy = 0
  let settled: Promise<unknown> = Promise.resolve()
  /** How often something was forgotten. */
  let forgotten = 0
  /** The session that is played, as far as it is known here. */
  let played: string | undefined

  /** Never rejects. */
  const changing = (what: string, change: () => Promise<void>): Promise<void> => {
    const changed = changeNow(what, change)
    settled = Promise.all([settled, changed])
    return changed
  }

  const changeNow = async (what: string, change: () => Promise<void>): Promise<void> => {
    busy++
    try {
      await change()
    } catch (error) {
      warn(`${what} of ${id}: ${errorMessage(error)}`)
    }
    try {
      ;({ states } = await store.tapeStates(id))
    } catch {
      // Of a store that is closed or away; it is said where something is to be kept.
    }
    busy--
  }

  const follow = (session: string): void => {
    if (played === undefined || session > played) played = session
  }
  const isOver = (session: string): boolean => played !== undefined && played !== session

  const forgetAfter = async (row: number): Promise<void> => {
    // What is there already is not offered to anybody from now on, nor kept where it is only being written.
    forgotten++
    states = states.filter((state) => state.row <= row)
    await changing('what is over is not forgotten', () => store.forgetTapeStates(id, row))
  }

  return {
    kept,
    look: () => changing('what is kept cannot be seen', async () => undefined),
    before(time, most): KeptPlace | undefined {
      const nearest = states.filter(({ row, eventTime }) => row <= most && eventTime < time).at(-1)
      return nearest && { row: nearest.row, time: nearest.eventTime }
    },
    async keep(tape) {
      follow(tape.session)
      try {
        await store.keepTape(id, { identity, tape })
      } catch (error) {
        warn(`where the tape of ${id} stands is not kept: ${errorMessage(error)}`)
      }
    },
    forgetAfter,
    follow,
    isOver,
    async settled() {
      await settled
    },
    offer(state, model, published) {
      const { tapeRow, newest, order } = state
      if (busy > 0 || tapeRow === undefined || newest?.replay === undefined) return
      // Ticks of a session that is over may still be on their way when its past is forgotten.
      const { session } = newest.replay
      if (isOver(session)) return
      // What waits for weights was taken in too, and is not played again.
      const eventTime = order.held.at(-1)?.eventTime ?? order.released ?? newest.eventTime
      if (isKeptNear(eventTime)) return
      const before = states.filter(({ row }) => row < tapeRow).at(-1)
      const written = writeTapeState(state, model, before?.samplesTo ?? Number.NEGATIVE_INFINITY)
      const began = forgotten
      void changing('a state along the tape is not kept', async () => {
        const [bytes, samples] = await Promise.all([
          packed(written.state),
          written.samples && packed(written.samples),
          published(),
        ])
        if (forgotten !== began || isOver(session)) return
        await store.keepTapeState(id, {
          row: tapeRow,
          eventTime,
          state: bytes,
          samplesTo: written.samplesTo,
          samples,
        })
      })
    },
    async restore(row, { model, session }) {
      const found = await store.tapeState(id, row)
      if (!found) throw new Error(`the state behind row ${row} of the tape of ${id} cannot be read`)
      try {
        const [state, ...samples] = await Promise.all(
          [found.state, ...found.samples].map((one) => unpacked(one)),
        )
        return inSession(readTapeState({ state: state!, samples }, model), session)
      } catch (error) {
        // None of the others would do for these models either.
        await forgetAfter(0)
        throw error
      }
    },
  }
}

async function keptTape(
  store: StateStore,
  { station, identity }: { readonly station: string; readonly identity: string },
): Promise<KeptTape | undefined> {
  const stored = await store.tape(station)
  if (stored === undefined) {
    if ((await store.checkpoints(station)).length === 0) return undefined
    throw new TickcastError(
      'usage',
      `a live station '${station}' is kept there: keep its tape elsewhere (--keep FOLDER), or not at all (--no-keep)`,
    )
  }
  const read = storedSchema.safeParse(stored)
  if (read.success && read.data.identity === identity) return read.data.tape
  throw new TickcastError(
    'usage',
    `what is kept there of ${station} is of another file, of another beginning (--from) or of other models: --anew forgets it, --keep FOLDER keeps both`,
  )
}
