import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Forecast } from '../../src/domain/forecast.ts'
import { formatInstant, HOUR, MINUTE } from '../../src/domain/instant.ts'
import { expertsFor } from '../../src/experts/choose.ts'
import type { Expert } from '../../src/experts/expert.ts'
import { networkInputsOf } from '../../src/forecast/features/network-inputs.ts'
import { learner } from '../../src/learn/learner.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { SILENT_AT_FIRST } from '../experts/created.ts'
import { eventsOf, forecastsIn, modelOf, weatherTicks } from '../flow/run-pipeline.ts'
import { START, stationOf } from '../forecast/series.ts'
import { inlineTrainer, inlineTraining } from '../networks/inline-trainers.ts'

/*
 * Blindness of everything together, as it runs: ticks in, through validation, order and gaps, experts that learn and
 * networks that are trained on the way, mixture, intervals and verification. What comes after a row may be anything at all; what was said up to
 * it must not change by a bit.
 */

const ROWS = 10 * 24
const station = stationOf()
const ROW_WINDOW = { lookback: 18, stride: 3 }

/** All experts that there are, with one small network on lookbacks; networks are trained for real, in this thread. */
const EXPERTS = expertsFor(station, {
  ...{ seed: 1, network: true, units: [4], trainEvery: 6 * HOUR, roundSteps: 2, batch: 8 },
  ...ROW_WINDOW,
})

/** Nobody knows a week before it is over. */
const LATE: ReadonlySet<string> = new Set([
  'weekly_naive',
  'weekly_profile',
  'double_seasonal',
  ...SILENT_AT_FIRST,
])

async function forecastsOver(ticks: readonly TickMessage[]): Promise<Forecast[]> {
  const trainings = EXPERTS.flatMap(({ forecaster: { name }, training }) =>
    training ? [{ name, ...training }] : [],
  )
  const schedule = { trainEvery: 6 * HOUR, lag: 6 * HOUR, minSamples: 8 }
  const model = modelOf({
    window: { inputs: networkInputsOf(station), cadence: HOUR, ...ROW_WINDOW },
    experts: EXPERTS.map(({ forecaster }) => forecaster),
    trained: trainings.map(({ name, learnsFrom, network, seed }) => ({
      ...{ name, learnsFrom, minRounds: 1, trainer: inlineTrainer(inlineTraining(network, seed)) },
      learner: learner({ seed, schedule, batchSize: 8 }),
    })),
  })
  const forecasts = forecastsIn(await eventsOf(model, ticks))
  return forecasts
}

const ticksOf = (seed: number): TickMessage[] => weatherTicks(ROWS, seed)

type Fate = (tick: TickMessage) => TickMessage[]

const othersValues =
  (values: TickMessage['values']): Fate =>
  (tick) => [{ ...tick, values }]
const anotherTime =
  (minutes: number): Fate =>
  (tick) => [{ ...tick, event_time: formatInstant(Date.parse(tick.event_time) + minutes * MINUTE) }]

/** What may become of a row: other values, impossible ones, none at all, another time, or no row. */
const fates: fc.Arbitrary<Fate> = fc.oneof(
  fc.double({ min: -60, max: 60, noNaN: true }).map((T) => othersValues({ T, p: 1000 })),
  fc.constant(othersValues({ T: 999, p: -1 })),
  fc.constant(othersValues({ T: null, p: null })),
  fc.constant(anotherTime(-90)),
  fc.constant(anotherTime(25)),
  fc.constant<Fate>(() => []),
)

describe('blindness of the whole pipeline', () => {
  it('blindness - whatever comes after a row, every forecast, weight and interval up to it is the same', async () => {
    let withNetwork = 0
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 5 * 24, max: ROWS - 1 }),
        fc.array(fates, { minLength: 3, maxLength: 12 }),
        async (seed, cut, fates) => {
          const ticks = ticksOf(seed)
          const otherwise = ticks.flatMap((tick, row) =>
            row < cut ? [tick] : fates[row % fates.length]!(tick),
          )
          // A row that comes later may belong between the last one before the cut and the next.
          const upTo = (forecasts: readonly Forecast[]) =>
            forecasts.filter(({ issuedAt }) => issuedAt <= START + (cut - 1) * HOUR)
          const said = upTo(await forecastsOver(ticks))
          expect(upTo(await forecastsOver(otherwise))).toEqual(said)
          expect(said.length).toBeGreaterThan(4 * 24)
          const last = said.at(-1)!
          const speaks = ({ forecaster: { name } }: Expert) => last.weights.has(name) || LATE.has(name)
          if (last.weightsVersion > 2 && EXPERTS.every(speaks)) withNetwork++
        },
      ),
      {
        numRuns: 6,
        // The row after the cut is left out, and the next one comes to lie in the middle of the hour.
        examples: [[749, 121, [othersValues({ T: 0, p: 1000 }), () => [], anotherTime(-90)]]],
      },
    )
    expect(withNetwork).toBe(6)
  })

  it('blindness - a last value that is another makes another forecast: the test above can fail', async () => {
    const ticks = ticksOf(1)
    const otherwise = ticks.map((tick, row) => (row === 150 ? { ...tick, values: { T: 40, p: 1000 } } : tick))
    const [said, changed] = [await forecastsOver(ticks), await forecastsOver(otherwise)]
    const before = said.findIndex(({ issuedAt }) => issuedAt >= START + 150 * HOUR)
    expect(changed.slice(0, before)).toEqual(said.slice(0, before))
    expect(changed[before]).not.toEqual(said[before])
    // What it taught stays: forecasts days later still know of it.
    expect(changed.at(-1)).not.toEqual(said.at(-1))
  })
})
