import { describe, expect, it } from 'vitest'
import { momentOf, shownOf } from '../../src/dashboard/moment.ts'
import { forgetQuestion } from '../../src/dashboard/tape-actions.ts'
import { reduced } from '../../src/dashboard/view-reducer.ts'
import { type History, INITIAL, type ViewEvent, type ViewState } from '../../src/dashboard/view-state.ts'
import { formatInstant, HOUR, type Instant } from '../../src/domain/instant.ts'
import type { ReadingMessage } from '../../src/protocol/reading.ts'
import { forecast, reading, START, score, station, TEN_MINUTES, tape } from './messages.ts'

const WALL = 1_000

function read(message: ReadingMessage, { skipped = false } = {}): ViewEvent {
  return { type: 'reading', message, skipped, at: WALL }
}

function folded(events: readonly ViewEvent[], from: ViewState = onJena): ViewState {
  return events.reduce(reduced, from)
}

function history(times: readonly Instant[], session = 's1'): ViewEvent {
  const of: History = {
    readings: times.map((time) => ({ time, value: 1, bridged: false })),
    forecasts: [],
    session,
  }
  return { type: 'history', stationId: 'jena', history: of }
}

const onJena = reduced(INITIAL, { type: 'stations', stations: [station(), station({ id: 'kiel' })] })
const timesOf = (state: ViewState) => state.observed.map(({ time }) => time)
const every10Minutes = (from: Instant, n: number) =>
  Array.from({ length: n }, (_, i) => from + i * TEN_MINUTES)

describe('view state', () => {
  it('view state - the first station is chosen, and stays chosen while the list changes', () => {
    expect(onJena.station?.id).toBe('jena')
    const again = reduced(onJena, { type: 'stations', stations: [station({ id: 'kiel' }), station()] })
    expect(again.station?.id).toBe('jena')
  })

  it('view state - another station begins with nothing heard', () => {
    const heard = folded([
      read(reading(START, 3)),
      { type: 'score', message: score({ mixture: 2 }), at: WALL },
    ])
    const kiel = reduced(heard, { type: 'station_chosen', id: 'kiel' })
    expect(kiel).toMatchObject({ observed: [], latest: undefined, score: undefined, session: undefined })
    expect(kiel.stations).toHaveLength(2)
  })

  it('view state - a station that is removed is shown no more: the next one is, with nothing heard, or none', () => {
    const heard = folded([read(reading(START, 3))])
    const next = reduced(heard, { type: 'stations', stations: [station({ id: 'kiel' })] })
    expect(next).toMatchObject({ station: { id: 'kiel' }, observed: [], latest: undefined })
    const none = reduced(heard, { type: 'stations', stations: [] })
    expect(none).toMatchObject({ station: undefined, observed: [], latest: undefined })
  })

  it('view state - readings lengthen the line in the target’s values', () => {
    const state = folded([read(reading(START, 3)), read(reading(START + TEN_MINUTES, null))])
    expect(state.observed.map(({ value }) => value)).toEqual([3, null])
    expect(state.latest).toEqual({ time: START + TEN_MINUTES, value: null, bridged: false })
    expect(state.receivedAt).toBe(WALL)
  })

  it('view state - a new session clears everything that was learnt of the old one', () => {
    const first = folded([
      read(reading(START, 3)),
      { type: 'forecast', message: forecast(START), at: WALL },
      { type: 'score', message: score({ mixture: 2 }), at: WALL },
    ])
    const second = reduced(first, read(reading(START - 5 * HOUR, 7, 's2')))
    expect(timesOf(second)).toEqual([START - 5 * HOUR])
    expect(second).toMatchObject({ session: 's2', runs: [], score: undefined })
  })

  it('view state - what still arrives of a session that is over is dropped', () => {
    const second = folded([read(reading(START, 3)), read(reading(START - HOUR, 7, 's2'))])
    const late: readonly ViewEvent[] = [
      read(reading(START + TEN_MINUTES, 3)),
      { type: 'forecast', message: forecast(START), at: WALL },
      { type: 'tape', commanded: true, stationId: 'jena', tape: tape({ session: 's1' }) },
    ]
    for (const event of late) expect(reduced(second, event)).toBe(second)
  })

  it('view state - the tape tells of a new session before its first reading', () => {
    const state = folded([
      read(reading(START, 3)),
      { type: 'tape', commanded: true, stationId: 'jena', tape: tape({ session: 's2', paused: true }) },
    ])
    expect(state).toMatchObject({ session: 's2', observed: [], latest: undefined })
    expect(state.tape?.paused).toBe(true)
  })

  it('view state - the line holds its picture where readings were skipped, until the history is there', () => {
    const whole = folded(every10Minutes(START, 6).map((time) => read(reading(time, 1))))
    const far = START + 40 * HOUR
    const behind = reduced(whole, read(reading(far, 9), { skipped: true }))
    expect(timesOf(behind)).toEqual(timesOf(whole))
    expect(behind.behind).toBe(true)
    expect(behind.latest?.time).toBe(far)

    const caughtUp = reduced(behind, history(every10Minutes(far - HOUR, 7)))
    expect(momentOf(caughtUp).at).toBe(far)
    expect(caughtUp.behind).toBe(false)
  })

  it('view state - a hole that the station made is drawn as one', () => {
    const state = folded([read(reading(START, 1)), read(reading(START + 40 * HOUR, 9))])
    expect(timesOf(state)).toEqual([START, START + 40 * HOUR])
    expect(state.behind).toBe(false)
  })

  it('view state - a history that the stream has outrun becomes the picture, and is asked for again', () => {
    const behind = folded([read(reading(START, 1)), read(reading(START + 90 * HOUR, 9), { skipped: true })])
    const times = every10Minutes(START + 50 * HOUR, 12)
    const state = reduced(behind, history(times))
    expect(timesOf(state)).toEqual(times)
    expect(state.behind).toBe(true)
  })

  it('view state - readings that continue the history stay on the line', () => {
    const times = every10Minutes(START, 8)
    const live = folded(times.slice(4).map((time, index) => read(reading(time, 1), { skipped: index === 0 })))
    const state = reduced(live, history(times.slice(0, 6)))
    expect(timesOf(state)).toEqual(times)
    expect(state.behind).toBe(false)
  })

  it('view state - reading, forecast and its fellow of a day before are those of one moment, however far the newest are ahead', () => {
    const run = (issuedAt: Instant): ViewEvent => ({
      type: 'forecast',
      message: forecast(issuedAt),
      at: WALL,
    })
    const shown = folded([
      ...every10Minutes(START - 24 * HOUR, 145).map((time) => read(reading(time, 1))),
      run(START - 24 * HOUR),
      run(START),
    ])
    const ahead = folded(
      [read(reading(START + 20 * 24 * HOUR, 9), { skipped: true }), run(START + 20 * 24 * HOUR)],
      shown,
    )
    expect(ahead.latest?.time).toBe(START + 20 * 24 * HOUR)
    const { at, run: held, yesterday } = momentOf(ahead)
    expect([at, held?.issuedAt, yesterday?.issuedAt]).toEqual([START, START, START - 24 * HOUR])
  })

  it('view state - behind a seek the session before is shown until there is a forecast of the new one, or for long enough', () => {
    const before = folded([
      read(reading(START, 3)),
      { type: 'forecast', message: forecast(START), at: WALL },
      { type: 'score', message: score({ mixture: 2 }), at: WALL },
    ])
    const sought = reduced(before, read(reading(START - 5 * HOUR, 7, 's2')))
    expect(shownOf(sought)).toMatchObject({
      observed: before.observed,
      runs: before.runs,
      score: before.score,
    })
    const again = reduced(sought, read(reading(START - 9 * HOUR, 7, 's3')))
    expect(shownOf(again).observed).toEqual(before.observed)
    const issued = reduced(sought, {
      type: 'forecast',
      message: forecast(START - 5 * HOUR, 's2'),
      at: WALL,
    })
    for (const over of [issued, reduced(sought, { type: 'past_over' })]) {
      expect(shownOf(over)).toBe(over)
      expect(momentOf(over).at).toBe(START - 5 * HOUR)
      expect(over.score).toBeUndefined()
    }
  })

  it('view state - what came since nothing was skipped is drawn once the history reaches it, with its forecast', () => {
    const far = START + 90 * HOUR
    const since = every10Minutes(far, 4)
    const state = folded([
      read(reading(START, 1)),
      ...since.map((time, index) => read(reading(time, 1), { skipped: index === 0 })),
      { type: 'forecast', message: forecast(far + TEN_MINUTES), at: WALL },
      read(reading(far + 4 * TEN_MINUTES, 1)),
    ])
    expect(momentOf(state).at).toBe(START)
    const reached = reduced(state, history(every10Minutes(far - HOUR, 8)))
    expect(momentOf(reached)).toMatchObject({
      at: far + 4 * TEN_MINUTES,
      run: { issuedAt: far + TEN_MINUTES },
    })
    expect(reached.behind).toBe(false)
    const not = reduced(state, history(every10Minutes(far - 2 * HOUR, 6)))
    expect([momentOf(not).at, not.behind]).toEqual([far - 2 * HOUR + 5 * TEN_MINUTES, true])
  })

  it('view state - a history of another session or station changes nothing', () => {
    const state = folded([read(reading(START, 1))])
    expect(reduced(state, history([START - HOUR], 's0'))).toBe(state)
    const elsewhere: ViewEvent = {
      type: 'history',
      stationId: 'kiel',
      history: { readings: [], forecasts: [], session: undefined },
    }
    expect(reduced(state, elsewhere)).toBe(state)
  })

  it('view state - the line and the runs stay bounded however long the stream', () => {
    let state = onJena
    for (let hour = 0; hour < 24 * 14; hour++) {
      for (const time of every10Minutes(START + hour * HOUR, 6))
        state = reduced(state, read(reading(time, 1)))
      state = reduced(state, { type: 'forecast', message: forecast(START + hour * HOUR), at: WALL })
    }
    expect(state.observed.length).toBe(72 * 6 + 1)
    expect(state.runs.length).toBeLessThanOrEqual(28)
  })

  it('view state - the error of a rejected command is shown until one succeeds', () => {
    const refused = folded([{ type: 'command_failed', message: 'a seek outside the tape' }])
    expect(refused.commandError).toBe('a seek outside the tape')
    // How it stands anyway is asked every second.
    const polled = reduced(refused, { type: 'tape', commanded: false, stationId: 'jena', tape: tape() })
    expect(polled.commandError).toBe('a seek outside the tape')
    const state = reduced(polled, { type: 'tape', commanded: true, stationId: 'jena', tape: tape() })
    expect(state.commandError).toBeUndefined()
  })

  it('view state - what is asked stays asked until it is answered, in a new session too, not on another station', () => {
    const question = forgetQuestion({ seek: '2009-01-01T00:00:00Z' })
    const asked = folded([read(reading(START, 3)), { type: 'asked', stationId: 'jena', question }])
    expect(folded([read(reading(START - HOUR, 3, 's2'))], asked)).toMatchObject({ session: 's2', question })
    expect(reduced(asked, { type: 'answered' }).question).toBeUndefined()
    expect(reduced(asked, { type: 'station_chosen', id: 'kiel' }).question).toBeUndefined()
    expect(folded([{ type: 'asked', stationId: 'kiel', question }]).question).toBeUndefined()
  })

  it('view state - live ticks between two of a replay begin nothing anew', () => {
    const { replay: _, ...live } = reading(START + TEN_MINUTES, 2)
    const state = folded([
      read(reading(START, 1)),
      read({ ...live, source: 'live' }),
      read(reading(START + 2 * TEN_MINUTES, 3)),
    ])
    expect(state.observed.map(({ value }) => value)).toEqual([1, 2, 3])
    expect(state.session).toBe('s1')
  })

  it('view state - a live reading that stopped a tape stays, whatever of the tape is heard after it', () => {
    const { replay: _, ...live } = reading(START, 1)
    const state = folded([
      read({ ...live, source: 'live' }, { skipped: true }),
      { type: 'tape', commanded: true, stationId: 'jena', tape: tape({ paused: true }) },
      { type: 'forecast', message: forecast(START - 24 * HOUR), at: WALL },
      { type: 'score', message: score({ mixture: 2 }), at: WALL },
      history([START - 25 * HOUR, START]),
    ])
    expect(state.latest).toEqual({ time: START, value: 1, bridged: false })
    expect(momentOf(state).run?.issuedAt).toBe(START - 24 * HOUR)
    expect(timesOf(state)).toEqual([START - 25 * HOUR, START])
    expect(state.session).toBe('s1')
  })

  it('view state - a tape that begins of a station that was live clears what was live', () => {
    const { replay: _, ...live } = reading(START, 1)
    const state = folded([
      read({ ...live, source: 'live' }),
      { type: 'tape', commanded: true, stationId: 'jena', tape: tape() },
      read(reading(START - HOUR, 7)),
    ])
    expect(state.observed.map(({ value }) => value)).toEqual([7])
    expect(state).toMatchObject({ session: 's1', latestIsLive: false })
  })

  it('view state - a live feed has no session and is not cleared by its readings', () => {
    const { replay: _, ...live } = reading(START, 1)
    const { replay: __, ...later } = reading(START + TEN_MINUTES, 2)
    const state = folded([read({ ...live, source: 'live' }), read({ ...later, source: 'live' })])
    expect(state.observed).toHaveLength(2)
    expect(formatInstant(state.latest?.time ?? 0)).toBe('2009-10-24T04:10:00Z')
  })
})
