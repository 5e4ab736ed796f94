import { describe, expect, it } from 'vitest'
import { readingEvent } from '../../src/core/events.ts'
import { keepLookback } from '../../src/core/replay-samples.ts'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR, MINUTE } from '../../src/domain/instant.ts'
import { networkInputsOf } from '../../src/forecast/features/network-inputs.ts'
import { featureLayout } from '../../src/forecast/features/station-features.ts'
import { statsOf } from '../../src/learn/learner-state.ts'
import { forecastersOf } from '../experts/created.ts'
import { eventsOf, forecastsIn, modelOf, ticksOf, weatherTicks } from '../flow/run-pipeline.ts'
import { readingOf, START, stationOf } from '../forecast/series.ts'
import { taughtExpert, taughtForecaster } from './taught.ts'

const station = stationOf()
const HOURS = 48
const WINDOW = { inputs: networkInputsOf(station), cadence: HOUR, lookback: 4, stride: 2 }
/** Each of its hour. */
const hours = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => readingOf(START + (from + index) * HOUR, from + index))

function taught({ fails = false, learnsFrom = 'lookbacks' as 'lookbacks' | 'features', minRounds = 1 } = {}) {
  const one = taughtExpert('one', { learnsFrom, fails, minRounds })
  const other = taughtExpert('other', { learnsFrom })
  const model = modelOf({
    window: learnsFrom === 'lookbacks' ? WINDOW : undefined,
    experts: [
      ...forecastersOf(station, { names: ['persistence', 'rls'] }),
      ...['one', 'other'].map((name) => taughtForecaster(name, learnsFrom)),
    ],
    trained: [one.expert, other.expert],
  })
  return { model, one, other, state: model.initial() }
}

describe('station model, learning beside the stream', () => {
  it('station model - every network on lookbacks is given the same samples, with the scales of its inputs', async () => {
    const { model, one, other, state } = taught()
    await eventsOf(model, ticksOf(hours(HOURS)), state)
    expect(one.rounds.length).toBeGreaterThan(2)
    expect(other.rounds).toEqual(one.rounds)
    // The first window is full with the fourth reading.
    const matured = HOURS - LEADS - 3
    expect(['one', 'other'].map((name) => state.learners[name]!.samples)).toEqual([matured, matured])
    // The target's scale is known, the middle of the pressure is what was seen of it.
    const { mean, deviation } = one.rounds[0]!.scaler
    expect([mean[0], ...deviation]).toEqual([0, 10, 8])
    expect(mean[1]).toBeGreaterThan(1000)
    const { base, inputs, truth } = one.rounds.at(-1)!.batches[0]!
    // Temperatures are levels above 10 degC.
    const expected = [base[0]! - 2, base[0]!].flatMap((hour) => [hour - 10, 1000 + hour])
    expect([...inputs.slice(0, 4)]).toEqual(expected)
    expect([...truth.slice(0, LEADS)]).toEqual(
      Array.from({ length: LEADS }, (_, lead) => base[0]! + lead + 1),
    )
  })

  it('station model - a network on features is taught what its expert says, in units of its own', async () => {
    const { model, one, other, state } = taught({ learnsFrom: 'features' })
    await eventsOf(model, ticksOf(hours(HOURS)), state)
    expect(one.rounds.length).toBeGreaterThan(2)
    expect(other.rounds).toEqual(one.rounds)
    // What a reading teaches counts from the next one on.
    expect(state.learners['one']!.samples).toBe(HOURS - LEADS - 1)
    for (const { truth, inputs, size } of one.rounds.flatMap(({ batches }) => batches)) {
      expect(inputs.length).toBe(size * featureLayout(station).names.length)
      expect([...truth.slice(0, LEADS)]).toEqual(Array.from({ length: LEADS }, (_, lead) => lead + 1))
    }
  })

  it('station model - samples that matured up to a reading are learnt from there, and no later ones', async () => {
    for (const learnsFrom of ['lookbacks', 'features'] as const) {
      const { model, one, state } = taught({ learnsFrom })
      await eventsOf(model, ticksOf(hours(HOURS)), state)
      for (const { requestedAt, batches } of one.rounds) {
        const newest = Math.max(...batches.flatMap(({ issuedAt }) => [...issuedAt]))
        expect(newest).toBeLessThanOrEqual(requestedAt - LEADS * HOUR)
      }
    }
  })

  it('station model - one network that can learn no more leaves the others be', async () => {
    const { model, state } = taught({ fails: true })
    const forecasts = forecastsIn(await eventsOf(model, ticksOf(hours(HOURS)), state))
    const stats = ['one', 'other'].map((name) => statsOf(state.learners[name]!))
    expect(stats.map(({ failure }) => failure)).toEqual(['the thread is gone', undefined])
    expect(stats[1]!.weightsVersion).toBeGreaterThan(1)
    expect(forecasts).toHaveLength(HOURS)
    expect([...forecasts.at(-1)!.models.keys()]).toEqual(['persistence', 'rls', 'other', 'mixture'])
  })

  it('station model - weights of fewer rounds than an expert is to have are kept from it', async () => {
    const { model } = taught({ minRounds: 3 })
    const forecasts = forecastsIn(await eventsOf(model, ticksOf(hours(72))))
    const since = (name: string) => forecasts.findIndex(({ models }) => models.has(name))
    expect(since('other')).toBeGreaterThan(LEADS)
    // Two more rounds, of six hours each.
    expect(since('one')).toBe(since('other') + 12)
  })

  it('station model - the version of weights that is told is that of the first network on lookbacks, 0 without one', async () => {
    const versions = async (learnsFrom: 'lookbacks' | 'features') => {
      const { model, state } = taught({ learnsFrom })
      const forecasts = forecastsIn(await eventsOf(model, ticksOf(hours(HOURS)), state))
      return [forecasts.at(-1)!.weightsVersion, state.learners['one']!.weights!.version] as const
    }
    const [told, version] = await versions('lookbacks')
    expect(told).toBe(version)
    expect(version).toBeGreaterThan(1)
    expect((await versions('features'))[0]).toBe(0)
  })

  it('station model - a new session begins from nothing and, on the same ticks, says the same', async () => {
    const { model, state } = taught()
    const readings = hours(HOURS)
    const played = await eventsOf(model, [...ticksOf(readings, 'A'), ...ticksOf(readings, 'B')], state)
    const forecasts = forecastsIn(played)
    expect(forecasts).toHaveLength(2 * HOURS)
    expect(forecasts.slice(HOURS)).toEqual(forecasts.slice(0, HOURS))
    expect(state).toMatchObject({ session: 'B', ticks: HOURS, forecasts: HOURS })
    expect(state.ingestStatistics.readings).toBe(HOURS)
  })

  it('station model - after a gap that is too long to be bridged no window reaches across it', async () => {
    const { model } = taught()
    const events = await eventsOf(model, ticksOf([...hours(10), ...hours(10, 30)]))
    const full = events.flatMap((event) =>
      event.kind === 'reading' && event.lookback ? [(event.reading.eventTime - START) / HOUR] : [],
    )
    expect(full).toEqual([3, 4, 5, 6, 7, 8, 9, 33, 34, 35, 36, 37, 38, 39])
  })

  it('station model - samples whose windows the history has let go of go with them', () => {
    const { model, state } = taught()
    const kept = () => {
      const { buffer, rows } = state.lookbackSamples
      return [...rows.slice(buffer.recentCapacity, buffer.recentCapacity + buffer.kept)]
    }
    for (let row = 0; state.history.first === 0; row++) {
      if (row === 2 ** 20) throw new Error('nothing is ever let go of')
      model.remember(state, readingEvent(readingOf(START + row * HOUR, row % 20)))
      if (row % 1000 === 0) keepLookback(state.lookbackSamples, { row, issuedAt: START + row * HOUR })
      if (state.history.first === 0 && row % 1000 === 0) expect(kept()[0]).toBe(0)
    }
    const { first, rows } = state.history
    // The oldest window reaches two rows back.
    expect(kept()[0]).toBe(Math.ceil((first + 2) / 1000) * 1000)
    expect(kept()).toHaveLength(Math.floor((rows - 1) / 1000) - Math.ceil((first + 2) / 1000) + 1)
  })
})

describe('station model, issuing', () => {
  const persistence = forecastersOf(station, { names: ['persistence'] })

  it('station model - issues at the first measurement of the target in each span, and at nothing else', async () => {
    const cadence = 10 * MINUTE
    const readings = Array.from({ length: 36 }, (_, row) =>
      readingOf(START + row * cadence, row === 6 || row === 7 ? Number.NaN : row),
    ).filter((_, row) => row !== 12)
    const model = modelOf({ station: stationOf({ cadence }), experts: persistence, issueEvery: HOUR })
    const events = await eventsOf(model, ticksOf(readings))
    const bridged = events.filter((event) => event.kind === 'reading' && event.reading.bridged)
    expect(bridged).toHaveLength(1)
    const issued = forecastsIn(events).map(({ issuedAt }) => (issuedAt - START) / cadence)
    expect(issued).toEqual([0, 8, 13, 18, 24, 30])
  })

  it('station model - of a sensor whose stamps jitter about the hour each measurement issues', async () => {
    const jitter = [1, -1, 2, -3, 0, 4, -2, 3]
    const readings = Array.from({ length: 48 }, (_, row) =>
      readingOf(START + row * HOUR + jitter[row % jitter.length]! * MINUTE, row),
    )
    const model = modelOf({ station: stationOf({ cadence: HOUR }), experts: persistence, issueEvery: HOUR })
    expect(forecastsIn(await eventsOf(model, ticksOf(readings)))).toHaveLength(48)
  })

  it('station model - a model that diverges does not take the published forecast with it', async () => {
    const diverged = {
      ...persistence[0]!,
      name: 'diverged',
      predict: () => new Float64Array(LEADS).fill(Infinity),
    }
    const model = modelOf({ experts: [...persistence, diverged] })
    for (const forecast of forecastsIn(await eventsOf(model, weatherTicks(30)))) {
      expect([...forecast.models.keys()]).toEqual(['persistence', 'mixture'])
      expect(forecast.mean.every(Number.isFinite)).toBe(true)
    }
  })

  it('station model - every forecast at every lead is settled, expired or open', async () => {
    const model = modelOf({ experts: persistence })
    const state = model.initial()
    const ticks = weatherTicks(200).filter((_, row) => row < 100 || row >= 105)
    const forecasts = forecastsIn(await eventsOf(model, ticks, state))
    const { settled, expired, issues, firstOpen, left } = state.truths
    const open = issues.flatMap(({ forecast }, index) =>
      forecast ? firstOpen.filter((first) => first <= left + index) : [],
    )
    expect(expired).toBeGreaterThan(0)
    expect(settled + expired + open.length).toBe(forecasts.length * LEADS)
  })

  it('station model - where a station reports changes its silence is read as what it says, window and truth alike', async () => {
    const cadence = 10 * MINUTE
    // Silent for four and for seven hours: longer than a gap without a hold, and longer than the hold.
    const readings = [0, 10, 250, 260, 680, 690, 2160].map((minute, row) =>
      readingOf(START + minute * MINUTE, row),
    )
    const lived = async (hold?: number) => {
      const changing = { ...stationOf({ cadence }), ...(hold !== undefined && { hold }) }
      const model = modelOf({ station: changing, experts: persistence })
      const state = model.initial()
      const events = await eventsOf(model, ticksOf(readings), state)
      const gaps = events.flatMap((event) => (event.kind === 'gap' ? [event.bridged] : []))
      const settled = events.flatMap((event) => (event.kind === 'reading' ? event.joined.settlements : []))
      const first = settled.filter(({ issuedAt }) => issuedAt === START)
      return { gaps, truths: first.map(({ leadIndex, truth }) => [leadIndex + 1, truth]).sort(byLead) }
    }
    const byLead = ([one]: number[], [other]: number[]) => one! - other!
    expect(await lived()).toEqual({ gaps: [false, false, false], truths: [] })
    expect(await lived(6 * HOUR)).toEqual({
      gaps: [true, false, false],
      // Reports at 10 min, 4:20 and 11:30; what is more than six hours old holds no more.
      truths: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17].map((lead) => [
        lead,
        lead <= 4 ? 1 : lead <= 10 ? 3 : 5,
      ]),
    })
  })
})
