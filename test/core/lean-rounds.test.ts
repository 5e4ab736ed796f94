import { serialize } from 'node:v8'
import { expect, it } from 'vitest'
import { leanRounds, wholeRounds } from '../../src/core/lean-rounds.ts'
import {
  drawFeatures,
  emptyFeatureSamples,
  type FeatureSamples,
  keepLesson,
} from '../../src/core/replay-samples.ts'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { type Random, seededRandom } from '../../src/domain/random.ts'
import { CLOCK_COLUMNS, writeClock } from '../../src/forecast/features/clock-columns.ts'
import { emptyLearner } from '../../src/learn/learner-state.ts'
import { schedule } from '../../src/learn/schedule.ts'
import { slabRow } from '../../src/learn/slab.ts'

const MEASURED = 30
const OFFSET = 60
const OWN_COLUMNS = 20

/** Samples of two experts, drawn, the other of which has two rows of its own of each; of one lead in ten nothing came. */
function samplesOf(hours: number, random: Random): FeatureSamples {
  const samples = emptyFeatureSamples(1, { measured: MEASURED, experts: ['mlp', 'other'] })
  for (let hour = 0; hour < hours; hour++) {
    const features = new Float64Array(MEASURED + CLOCK_COLUMNS).map(() => random.below(1e6) / 7)
    writeClock(hour * HOUR, OFFSET, { into: features, offset: MEASURED })
    const row = () => new Float32Array(OWN_COLUMNS).map(() => random.below(1e6) / 9)
    const target = () =>
      new Float32Array(LEADS).map(() => (random.below(10) === 0 ? Number.NaN : random.below(1e6) / 3))
    keepLesson(samples, {
      example: { issuedAt: hour * HOUR, current: 0, features, truth: new Float64Array(LEADS), row: -1 },
      taught: new Map([
        ['mlp', { targets: target() }],
        ['other', { targets: target(), rows: [row(), row()] }],
      ]),
    })
  }
  return samples
}

/** Learners with a round under way each; `gru` learns from other samples. */
function learnersOf(samples: FeatureSamples, random: Random) {
  const learning = (expert: string) => {
    const learner = emptyLearner(schedule({}).initial(), random.state())
    const draw = { size: 64, recentShare: 0.25 }
    const batches = [1, 2, 3].map(
      () => drawFeatures(samples, expert, { draw, random, utcOffsetMinutes: OFFSET })!,
    )
    const scaler = { mean: new Float64Array(1), deviation: new Float64Array(1) } as never
    const request = { round: 1, requestedAt: 0, scaler, learningRate: 1e-3, batches }
    learner.open.push(
      { round: 1, request, result: undefined },
      { round: 2, request: undefined, result: undefined },
    )
    return learner
  }
  return { mlp: learning('mlp'), gru: learning('other'), other: learning('other') }
}

it('rounds under way - without the samples they are trained from they take little, and come back bit for bit', () => {
  const random = seededRandom(5)
  const samples = samplesOf(500, random)
  const { gru, ...learners } = learnersOf(samples, random)
  const before = serialize(learners)
  const lean = leanRounds(learners, samples)
  expect(serialize(lean).length).toBeLessThan(0.3 * before.length)
  expect(serialize(learners)).toEqual(before)
  expect(wholeRounds(lean, samples)).toEqual(learners)
  // Others learn from something else, and are left alone.
  expect(leanRounds({ lookbacks: gru }, samples)).toEqual({ lookbacks: gru })
})

it.each([
  ['features', 'mlp', ({ features }: FeatureSamples) => features],
  ['rows of its own', 'other', ({ lessons }: FeatureSamples) => lessons['other']!.own!.inputs],
] as const)(
  'rounds under way - a batch of %s stays whole whose sample was let go of, or is another one by now',
  (_, expert, slabOf) => {
    const random = seededRandom(6)
    const samples = samplesOf(500, random)
    const learner = learnersOf(samples, random)[expert]
    const [first, second] = learner.open[0]!.request!.batches
    const slotOf = (issuedAt: number): number => samples.issuedAt.lastIndexOf(issuedAt)
    const onlyIn = (one: typeof first, ...others: (typeof first)[]): number =>
      one!.issuedAt.find((at) => others.every((other) => !other!.issuedAt.includes(at)))!
    const third = learner.open[0]!.request!.batches[2]
    const gone = onlyIn(first, second, third)
    for (const [slot, at] of samples.issuedAt.entries()) if (at === gone) samples.issuedAt[slot] = -HOUR
    slabRow(slabOf(samples), slotOf(onlyIn(second, first, third)))[3]! += 1
    const lean = leanRounds({ [expert]: learner }, samples)
    expect(lean[expert]!.open[0]!.request!.batches.map(({ truth }) => truth.length > 0)).toEqual([
      true,
      true,
      false,
    ])
    expect(wholeRounds(lean, samples)).toEqual({ [expert]: learner })
  },
)
