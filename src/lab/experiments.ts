import { TickcastError } from '../domain/errors.ts'
import type { Experiment } from './experiment.ts'
import type { LayerSpec, RecurrentSpec } from './model/model-spec.ts'

const gru = (options: Partial<RecurrentSpec> = {}): RecurrentSpec => ({ kind: 'gru', units: 32, ...options })
const lstm = (options: Partial<RecurrentSpec> = {}): RecurrentSpec => ({
  kind: 'lstm',
  units: 32,
  ...options,
})

const DENSE: readonly LayerSpec[] = [{ kind: 'flatten' }, { kind: 'dense', units: 32, activation: 'relu' }]
/** As the book had it: a mask of its own for each gate, and the state that is carried on left alone. */
const DROPOUT = { dropout: 0.4, recurrentDropout: 0.4, maskPerGate: true } as const
const STACK_DROPOUT = { dropout: 0.1, recurrentDropout: 0.5, maskPerGate: true } as const

const CHAPTER: readonly Experiment[] = [
  {
    name: 'persistence',
    title: 'Persistence: it stays as it is',
    task: 'jena',
    epochs: 0,
    group: 'chapter',
    printed: { validation: 0.2897 },
  },
  {
    name: 'dense',
    title: 'Flatten and dense 32',
    task: 'jena',
    layers: DENSE,
    epochs: 20,
    group: 'chapter',
    printed: { validation: 0.3235, at: 'end' },
  },
  {
    name: 'gru',
    title: 'GRU 32',
    task: 'jena',
    layers: [gru()],
    epochs: 20,
    group: 'chapter',
    printed: { validation: 0.2624, epochSeconds: 58 },
  },
  {
    name: 'bidirectional',
    title: 'Bidirectional GRU 32',
    task: 'jena',
    layers: [gru({ bidirectional: true })],
    epochs: 40,
    group: 'chapter',
    printed: { validation: 0.2619, epochSeconds: 76 },
  },
  {
    name: 'reversed',
    title: 'GRU 32 on reversed windows',
    task: 'jena',
    reversed: true,
    layers: [gru()],
    epochs: 20,
    group: 'chapter',
    printed: { validation: 0.356 },
  },
  {
    name: 'dropout',
    title: 'GRU 32, dropout and recurrent dropout 0.4',
    task: 'jena',
    layers: [gru(DROPOUT)],
    epochs: 40,
    group: 'chapter',
    printed: { validation: 0.2826, epochSeconds: 101 },
  },
  {
    name: 'stacked',
    title: 'GRU 32 + GRU 64 (relu), dropout 0.1, recurrent dropout 0.5',
    task: 'jena',
    layers: [gru(STACK_DROPOUT), gru({ ...STACK_DROPOUT, units: 64, activation: 'relu' })],
    epochs: 40,
    group: 'chapter',
    printed: { validation: 0.2721, epochSeconds: 225 },
  },
]

const FURTHER: readonly Experiment[] = further([
  { name: 'lstm', title: 'LSTM 32 in place of GRU', layers: [lstm()] },
  { name: 'gru-64', title: 'GRU 64: more units', layers: [gru({ units: 64 })] },
  { name: 'gru-fast', title: 'GRU 32, learning rate 0.003', layers: [gru()], learningRate: 0.003 },
  { name: 'gru-slow', title: 'GRU 32, learning rate 0.0003', layers: [gru()], learningRate: 0.0003 },
  {
    name: 'gru-regressor',
    title: 'GRU 32 with a dense layer of 64 on top',
    layers: [gru(), { kind: 'dense', units: 64, activation: 'relu' }],
  },
])

/** Why dropout and stacking gave the chapter's author less than the book had: one difference at a time. */
const WHY: readonly Experiment[] = why([
  {
    name: 'dropout-one-mask',
    title: 'As dropout, one mask for all gates, which also scales the state that is carried on',
    layers: [gru({ dropout: 0.4, recurrentDropout: 0.4 })],
    question:
      "Keras has two implementations of recurrent dropout. In the second, later the default, the mask multiplies the state itself, 240 times over: what is left out is forgotten, what is kept grows by 1 / (1 - rate) a step. Does that alone make the chapter's curve worse?",
  },
  {
    name: 'dropout-book',
    title: 'GRU 32, dropout and recurrent dropout 0.2',
    layers: [gru({ ...DROPOUT, dropout: 0.2, recurrentDropout: 0.2 })],
    question: 'The book has 0.2 where the chapter has 0.4. Is it the rate?',
  },
  {
    name: 'dropout-book-one-mask',
    title: 'As dropout-book, one mask for all gates',
    layers: [gru({ dropout: 0.2, recurrentDropout: 0.2 })],
    question:
      "A kept unit grows wherever its update gate is above 1 - rate: at 0.4 where it is above 0.6, at 0.2 only above 0.8. Does the second implementation learn at the book's rate, and how well, if no gate may stay open?",
  },
  {
    name: 'dropout-inputs',
    title: 'GRU 32, dropout 0.4 on inputs alone',
    layers: [gru({ ...DROPOUT, recurrentDropout: 0 })],
    question: 'Which of the two costs: a quantity that is missing from the whole window ...',
  },
  {
    name: 'dropout-states',
    title: 'GRU 32, recurrent dropout 0.4 alone',
    layers: [gru({ ...DROPOUT, dropout: 0 })],
    question: '... or units that are missing from the whole memory?',
  },
  {
    name: 'dropout-each-step',
    title: 'GRU 32, dropout 0.4 on inputs drawn anew at every step',
    layers: [{ kind: 'dropout', rate: 0.4 }, gru()],
    question:
      'One mask for all steps hides the temperature itself from 4 windows in 10. Does a mask a step cost less?',
  },
  {
    name: 'stacked-plain',
    title: 'GRU 32 + GRU 64 (relu) without dropout',
    layers: [gru(), gru({ units: 64, activation: 'relu' })],
    question: 'Does the second layer gain anything by itself?',
  },
  {
    name: 'stacked-one-mask',
    title: 'As stacked, one mask for all gates',
    layers: [
      gru({ dropout: 0.1, recurrentDropout: 0.5 }),
      gru({ dropout: 0.1, recurrentDropout: 0.5, units: 64, activation: 'relu' }),
    ],
    question: 'Does the second implementation break stacking as well?',
  },
])

/** Where ours is worse than print: whether it is the quantities that an hourly file with six of them lacks. */
const WITH_DERIVED: readonly Experiment[] = why(
  [
    {
      name: 'dense-derived',
      title: 'As dense, with the quantities that the others determine',
      layers: DENSE,
      question:
        'Six of the quantities that are missing follow from those that are there. Is it they that print has and ours lacks?',
    },
    {
      name: 'bidirectional-derived',
      title: 'As bidirectional, with the quantities that the others determine',
      layers: [gru({ bidirectional: true })],
      question: 'The same of the bidirectional network ...',
    },
    {
      name: 'dropout-derived',
      title: 'As dropout, with the quantities that the others determine',
      layers: [gru(DROPOUT)],
      question:
        '... and of dropout: quantities that say much the same stand in for one another where one is left out.',
    },
  ].map((each) => ({ ...each, derived: true })),
)

const embedding = { kind: 'embedding', width: 32 } as const

const REVIEWS: readonly Experiment[] = [
  {
    name: 'reviews-lstm',
    title: 'Reviews: LSTM 32 in reading order',
    task: 'reviews',
    layers: [embedding, lstm()],
    epochs: 10,
    group: 'chapter',
  },
  {
    name: 'reviews-reversed',
    title: 'Reviews: LSTM 32 on reversed reviews',
    task: 'reviews',
    reversed: true,
    layers: [embedding, lstm()],
    epochs: 10,
    group: 'chapter',
    printed: { validation: 0.872 },
  },
  {
    name: 'reviews-bidirectional',
    title: 'Reviews: bidirectional LSTM 32',
    task: 'reviews',
    layers: [embedding, lstm({ bidirectional: true })],
    epochs: 10,
    group: 'chapter',
    printed: { validation: 0.878 },
  },
]

/** In the order in which `all` runs them. */
export const EXPERIMENTS: readonly Experiment[] = [
  ...CHAPTER,
  ...FURTHER,
  ...REVIEWS,
  ...WHY,
  ...WITH_DERIVED,
]

/** The experiments of these names, each once, in the order named; `all` is every one. */
export function namedExperiments(names: readonly string[]): readonly Experiment[] {
  const found = names.flatMap((name) => {
    if (name === 'all') return EXPERIMENTS
    const experiment = EXPERIMENTS.find((each) => each.name === name)
    if (experiment) return [experiment]
    const known = EXPERIMENTS.map((each) => each.name).join(', ')
    throw new TickcastError('usage', `no experiment '${name}'; there are ${known}, and all`)
  })
  return [...new Set(found)]
}

type OnJena = Omit<Experiment, 'task' | 'group' | 'epochs'>

function further(experiments: readonly OnJena[]): Experiment[] {
  return experiments.map((each) => ({ epochs: 20, ...each, task: 'jena', group: 'further' }))
}

function why(experiments: readonly OnJena[]): Experiment[] {
  return experiments.map((each) => ({ epochs: 40, ...each, task: 'jena', group: 'why' }))
}
