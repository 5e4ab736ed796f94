import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, type Span } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import type { Arrival } from '../../src/ingest/arrival.ts'
import { type BridgedArrival, type BridgeOptions, bridge } from '../../src/ingest/bridge.ts'

const START = Date.UTC(2020, 4, 12, 6)
const HOURLY: BridgeOptions = { cadence: HOUR }
const TEN_MINUTES: BridgeOptions = { cadence: 10 * MINUTE }

function reading(after: Span, value: number): Reading {
  const eventTime = START + after
  const replay = { session: 'a', speed: 1, paused: false }
  return {
    eventTime,
    ingestTime: eventTime + 7,
    values: new Float64Array([value]),
    bridged: false,
    tick: 'a/1',
    replay,
  }
}

const arrivals = (...after: number[]): Arrival[] =>
  after.map((minute, row) => ({ kind: 'reading', reading: reading(minute * MINUTE, row) }))

function run(inputs: readonly Arrival[], options: BridgeOptions): BridgedArrival[] {
  const fold = bridge(options)
  let state = fold.initial()
  return inputs.flatMap((arrival) => {
    const next = fold.step(state, arrival)
    state = next.state
    return next.output
  })
}

/** '10=0' is the reading at ten minutes with value 0, '~' before it: bridged; '|2' a gap of two rows, '||2' one too long. */
function shown(arrival: BridgedArrival): string {
  switch (arrival.kind) {
    case 'reading': {
      const { eventTime, bridged, values } = arrival.reading
      return `${bridged ? '~' : ''}${(eventTime - START) / MINUTE}=${values[0]}`
    }
    case 'gap':
      return `${arrival.bridged ? '|' : '||'}${arrival.missing}`
    case 'rejected':
      return arrival.rejection.reason
    case 'session':
      return `session ${arrival.session}`
  }
}

describe('bridge', () => {
  it('bridge - readings a cadence apart pass as they are', () => {
    const inputs = arrivals(0, 10, 20)
    expect(run(inputs, TEN_MINUTES)).toEqual(inputs)
  })

  it('bridge - a short gap is filled with the last values, on the grid of the last stamp', () => {
    expect(run(arrivals(0, 10, 42), TEN_MINUTES).map(shown)).toEqual([
      '0=0',
      '10=1',
      '|2',
      '~20=1',
      '~30=1',
      '42=2',
    ])
  })

  it('bridge - what bridges a gap knows nothing of the reading that ends it but when and how that came in', () => {
    const [, gap, bridged] = run(arrivals(0, 20), TEN_MINUTES)
    expect(gap).toEqual({ kind: 'gap', after: START, missing: 1, bridged: true })
    expect(bridged).toEqual({
      kind: 'reading',
      reading: {
        eventTime: START + 10 * MINUTE,
        ingestTime: START + 20 * MINUTE + 7,
        values: new Float64Array([0]),
        bridged: true,
        replay: { session: 'a', speed: 1, paused: false },
      },
    })
  })

  it('bridge - a stamp that drifts by less than half a cadence is no gap, and the grid goes on from there', () => {
    expect(run(arrivals(0, 80, 140, 210), HOURLY).map(shown)).toEqual(['0=0', '80=1', '140=2', '210=3'])
  })

  it('bridge - at half a cadence a row is missing', () => {
    expect(run(arrivals(0, 90), HOURLY).map(shown)).toEqual(['0=0', '|1', '~60=0', '90=1'])
  })

  it('bridge - readings closer than the cadence are no gap', () => {
    expect(run(arrivals(0, 1, 2), TEN_MINUTES).map(shown)).toEqual(['0=0', '1=1', '2=2'])
  })

  it('bridge - three hours of missing rows are bridged, a row more is a long gap', () => {
    expect(run(arrivals(0, 190), TEN_MINUTES)).toHaveLength(1 + 1 + 18 + 1)
    expect(run(arrivals(0, 200), TEN_MINUTES).map(shown)).toEqual(['0=0', '||19', '200=1'])
  })

  it('bridge - with a hold of six hours so much is bridged, and a row more is a long gap', () => {
    const changes = { ...TEN_MINUTES, maxBridge: 6 * HOUR }
    expect(run(arrivals(0, 370), changes).filter(({ kind }) => kind === 'reading').length).toBe(38)
    expect(run(arrivals(0, 380), changes).map(shown)).toEqual(['0=0', '||37', '380=1'])
  })

  it('bridge - two rows are bridged however long they are', () => {
    const slow = { cadence: 6 * HOUR }
    expect(run(arrivals(0, 18 * 60), slow).map(shown)).toEqual(['0=0', '|2', '~360=0', '~720=0', '1080=1'])
    expect(run(arrivals(0, 24 * 60), slow).map(shown)).toEqual(['0=0', '||3', '1440=1'])
  })

  it('bridge - rejections pass and change nothing', () => {
    const rejection = { field: 'event_time', value: null, rule: '', reason: 'late' } as const
    const rejected: Arrival = { kind: 'rejected', reading: reading(-HOUR, 9), rejection }
    const [first, second] = arrivals(0, 10)
    expect(run([first!, rejected, second!], TEN_MINUTES).map(shown)).toEqual(['0=0', 'late', '10=1'])
  })

  it('bridge - no gap spans two sessions', () => {
    const [first, second] = arrivals(0, 60)
    expect(run([first!, { kind: 'session', session: 'b' }, second!], TEN_MINUTES).map(shown)).toEqual([
      '0=0',
      'session b',
      '60=1',
    ])
  })
})
