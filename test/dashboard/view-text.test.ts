import { describe, expect, it } from 'vitest'
import {
  count,
  decimal,
  errorFigure,
  signedPercent,
  stationClock,
  targetName,
} from '../../src/dashboard/format.ts'
import { freshness, isOfThePast } from '../../src/dashboard/freshness.ts'
import { summary } from '../../src/dashboard/panels/announcer.ts'
import { rejectionText } from '../../src/dashboard/panels/health.ts'
import { windowWords } from '../../src/dashboard/panels/readouts.ts'
import { firstWeightsText, rolledBackText } from '../../src/dashboard/panels/training.ts'
import { provenance } from '../../src/dashboard/provenance.ts'
import { reduced } from '../../src/dashboard/view-reducer.ts'
import { INITIAL, type ViewEvent, type ViewState } from '../../src/dashboard/view-state.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { StationMessage } from '../../src/protocol/station-message.ts'
import { forecast, reading, START, scoreOver, station, tape } from './messages.ts'

const at = (events: readonly ViewEvent[], of: Partial<StationMessage> = {}): ViewState =>
  [{ type: 'stations', stations: [station(of)] } as const, ...events].reduce(reduced, INITIAL)
const open: ViewEvent = { type: 'link', link: 'open' }
const heard: ViewEvent = { type: 'reading', message: reading(START, 3), skipped: false, at: 1_000 }
const scored = (n: number): ViewEvent => ({ type: 'score', message: scoreOver({ '30d': n, all: n }), at: 1 })
const taped = (of: Parameters<typeof tape>[0] = {}): ViewEvent => ({
  type: 'tape',
  commanded: false,
  stationId: 'jena',
  tape: tape(of),
})

describe('training', () => {
  it('training - of networks without weights the soonest is told first, with the time on the station’s clock', () => {
    const due = (first_weights?: string) => ({
      rounds: 0,
      undone: 0,
      ...(first_weights && { first_weights }),
    })
    const networks = {
      gru: due('2009-10-29T12:00:00Z'),
      mlp: due('2009-10-27T16:00:00Z'),
      gru_stacked: due(),
    }
    const clock = stationClock(60)
    expect(firstWeightsText(networks, clock)).toBe('mlp Tue 27 Oct 17:00, GRU Thu 29 Oct 13:00')
    expect(firstWeightsText({ gru: due() }, clock)).toBe('all in use')
    expect(firstWeightsText({}, clock)).toBe('none to train')
  })
})

describe('provenance', () => {
  it('provenance - a simulated station says that no instrument has measured this', () => {
    expect(provenance(at([], { source: 'simulated' }))).toMatchObject({
      kind: 'simulated',
      headline: 'Simulated station: no instrument has measured this',
    })
  })

  it('provenance - a replay names its speed, and that it is not the present', () => {
    expect(provenance(at([taped()]))).toEqual({
      kind: 'replay',
      headline: 'Replay',
      detail: 'at 3600x, not the present',
    })
    expect(provenance(at([taped({ speed: 'max' })])).detail).toBe('as fast as possible, not the present')
    expect(provenance(at([taped({ paused: true, paused_because: 'no reader' })])).detail).toBe(
      'paused: no reader',
    )
    expect(provenance(at([taped({ ended: true })])).detail).toBe('the tape has ended')
  })

  it('provenance - a tape that is lived again says so, paused or not, and up to when by the station’s clock', () => {
    for (const paused of [false, true]) {
      const state = at([taped({ catching_up_to: '2012-06-30T23:00:00Z', paused })])
      expect(provenance(state).detail).toBe('on its way to 1 Jul 2012')
    }
    const state = at([taped({ catching_up_to: '2012-07-01T04:30:00Z' })])
    expect(provenance(state).detail).toBe('on its way to 1 Jul 2012 05:30')
  })

  it('provenance - live ticks on a station that a tape is played of are said to be live', () => {
    const { replay: _, ...live } = reading(START, 3)
    const state = at([{ type: 'reading', message: { ...live, source: 'live' }, skipped: false, at: 1 }])
    expect(provenance(state).kind).toBe('live')
  })

  it('provenance - once the connection is lost nothing is live or playing any more', () => {
    const lost: ViewEvent = { type: 'link', link: 'reconnecting' }
    const { replay: _, ...live } = reading(START, 3)
    const message = { ...live, source: 'live' as const }
    expect(provenance(at([{ type: 'reading', message, skipped: false, at: 1 }, lost]))).toEqual({
      kind: 'unknown',
      headline: 'Jena',
      detail: 'as it stood when the connection was lost',
    })
    expect(provenance(at([taped(), lost]))).toMatchObject({
      kind: 'replay',
      headline: 'Replay',
      detail: 'as it stood when the connection was lost',
    })
  })

  it('provenance - live is live', () => {
    expect(provenance(at([], { source: 'live' }))).toMatchObject({ kind: 'live', headline: 'Live' })
  })
})

describe('training', () => {
  it('training - rounds that were rolled back are told by network, where there are any', () => {
    expect(rolledBackText({ gru: { rounds: 40, undone: 0 } })).toBe('none')
    expect(rolledBackText(undefined)).toBe('none')
    expect(rolledBackText({ gru: { rounds: 40, undone: 1 }, mlp: { rounds: 1200, undone: 2 } })).toBe(
      'GRU 1 of 40, mlp 2 of 1,200',
    )
  })
})

describe('freshness', () => {
  it('freshness - silence is said once three readings ought to have come', () => {
    const live = at([open, heard], { source: 'live', cadence_seconds: 60 })
    // at 3600x a minute passes in a sixtieth of a second: ten seconds are what is waited at least
    expect(freshness(live, 10_000).kind).toBe('fresh')
    expect(freshness(live, 12_000)).toEqual({ kind: 'stale', text: 'Nothing new for 11 s' })
  })

  it('freshness - a page that is opened on a sensor that died says how old its newest reading is', () => {
    const { replay: _, ...message } = reading(START, 3)
    const last: ViewEvent = {
      ...{ type: 'reading', skipped: false, at: START + 12 * HOUR },
      message: { ...message, source: 'live' },
    }
    const live = at([open, last], { source: 'live' })
    expect(freshness(live, START + 25 * 60_000).kind).toBe('fresh')
    expect(freshness(live, START + 12 * HOUR)).toEqual({
      kind: 'stale',
      text: 'The newest reading is 12 h old',
    })
    expect(freshness(live, START + 80 * HOUR).text).toBe('The newest reading is 3 days old')
  })

  it('freshness - a reading is of the past where a sensor died, or a paused tape stands elsewhere', () => {
    const { replay: _, ...message } = reading(START, 3)
    const live: ViewEvent = {
      ...{ type: 'reading', skipped: false, at: START },
      message: { ...message, source: 'live' },
    }
    expect(isOfThePast(at([open, live], { source: 'live' }), START + 25 * 60_000)).toBe(false)
    expect(isOfThePast(at([open, live], { source: 'live' }), START + 12 * HOUR)).toBe(true)
    const standing = (position: string, of: Parameters<typeof tape>[0] = {}) =>
      isOfThePast(at([open, heard, taped({ paused: true, position, ...of })]), START)
    expect(standing('2009-10-24T04:10:00Z')).toBe(false)
    expect(standing('2010-06-01T00:00:00Z')).toBe(true)
    expect(standing('2010-06-01T00:00:00Z', { catching_up_to: '2010-06-01T00:00:00Z' })).toBe(false)
    expect(standing('2010-06-01T00:00:00Z', { paused: false })).toBe(false)
  })

  it('freshness - a tape at real time may be silent for half an hour', () => {
    const slow = at([open, heard, taped({ speed: 1 })])
    expect(freshness(slow, 29 * 60_000).kind).toBe('fresh')
    expect(freshness(slow, 32 * 60_000)).toEqual({ kind: 'stale', text: 'Nothing new for 31 min' })
  })

  it('freshness - a paused or ended tape is silent by right', () => {
    for (const of of [{ paused: true }, { ended: true }]) {
      expect(freshness(at([open, heard, taped(of)]), 1e9).kind).toBe('fresh')
    }
  })

  it('freshness - a tape that is lived again is not said to be paused, and is not silent by right', () => {
    const state = at([open, heard, taped({ paused: true, speed: 1, catching_up_to: '2012-07-01T00:00:00Z' })])
    expect(freshness(state, 2_000).text).toBe('Connected')
    expect(freshness(state, 12_000).kind).toBe('stale')
  })

  it('freshness - a lost line says that the figures stand still', () => {
    expect(freshness(at([heard, { type: 'link', link: 'reconnecting' }]), 2_000)).toEqual({
      kind: 'lost',
      text: 'Reconnecting … the figures stand still',
    })
    expect(freshness(INITIAL, 0).text).toBe('Connecting …')
  })
})

describe('figures', () => {
  it('figures - a minus is a minus, and nothing is below zero by rounding', () => {
    expect(decimal(-3.14, 1)).toBe('−3.1')
    expect(decimal(-0.04, 1)).toBe('0.0')
    expect(decimal(1018.25, 1)).toBe('1018.3')
    expect(decimal(1018.25, 2)).toBe('1018.3')
    expect(decimal(-54_321.7, 1)).toBe('−54322')
    expect(decimal(-1018.25, 1)).toBe('−1018')
    expect(decimal(101_325.4, 2)).toBe('101325')
    expect(decimal(null, 1)).toBe('–')
    expect([2.3, 99.99, 99.999, 999.9, 999.96, 12_345.6].map(errorFigure)).toEqual([
      '2.30',
      '99.99',
      '100.0',
      '999.9',
      '1000',
      '12346',
    ])
    expect(errorFigure(undefined)).toBe('–')
    expect(signedPercent(0.137)).toBe('+14 %')
    expect(signedPercent(-0.231)).toBe('−23 %')
    expect(signedPercent(undefined)).toBe('–')
    expect(count(1_234_567)).toBe('1,234,567')
  })

  it('figures - times are the station’s own, at its fixed offset', () => {
    const newYear = Date.parse('2009-12-31T23:30:00Z')
    expect(stationClock(60).stamp(newYear)).toBe('Fri 1 Jan 2010 00:30')
    expect(stationClock(-330)).toMatchObject({ zone: 'UTC−5:30' })
    expect(stationClock(0).zone).toBe('UTC')
  })

  it('figures - a target is named without its unit', () => {
    expect(targetName('T (degC)')).toBe('temperature')
    expect(targetName('p (mbar)')).toBe('p')
  })
})

describe('windows', () => {
  it('windows - one that holds all there is, is called as long as that', () => {
    const of = { published: 'mixture', lead: 24, window: '30d' } as const
    expect(windowWords(scoreOver({ '30d': 96, all: 96 }), of)).toBe('since the start')
    expect(windowWords(scoreOver({ '30d': 720, all: 900 }), of)).toBe('last 30 days')
    expect(windowWords(undefined, of)).toBe('last 30 days')
  })
})

describe('summary', () => {
  it('summary - a listener is told what is, what will be and how sure, and that it is simulated', () => {
    const state = at([open, heard, { type: 'forecast', message: forecast(START), at: 1 }], {
      source: 'simulated',
    })
    expect(summary(state)).toBe(
      'Simulated station: no instrument has measured this. Sat 24 Oct 2009 05:00: temperature 3.0 °C. ' +
        'In 24 hours 24.0 °C, by an untried interval between 20.0 and 28.0.',
    )
    const tried = at([open, heard, { type: 'forecast', message: forecast(START), at: 1 }, scored(100)])
    expect(summary(tried)).toContain('with 90 percent certainty between 20.0 and 28.0')
    expect(summary(INITIAL)).toBe('Not connected.')
  })

  it('summary - a listener is told that the tape is lived again, with the time it has come to', () => {
    const state = at([open, heard, taped({ paused: true, catching_up_to: '2012-06-30T23:00:00Z' })])
    expect(summary(state)).toContain(
      'Replay of Jena. The tape is on its way to 1 Jul 2012. Sat 24 Oct 2009 05:00: temperature 3.0',
    )
  })
})

describe('rejections', () => {
  it('rejections - one has its time in front, where it has one at all', () => {
    const rejected = {
      tick: 'http/1',
      event_time: '2026-11-25T12:00:00Z',
      field: 'T (degC)',
      value: 99,
      rule: '-60..60 degC',
      reason: 'out_of_limits',
      rejected_at: '2026-11-25T12:00:01Z',
      source: 'live',
    } as const
    const clock = stationClock(60)
    expect(rejectionText(rejected, clock)).toBe(
      '25 Nov 2026 13:00: out of limits, T (degC) 99 (-60..60 degC)',
    )
    const noRow = {
      ...rejected,
      event_time: '',
      field: 'line 2',
      value: 'x',
      rule: 'JSON',
      reason: 'malformed',
    }
    expect(rejectionText(noRow, clock)).toBe('no time: malformed, line 2 x (JSON)')
  })
})
