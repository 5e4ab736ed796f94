import { LEADS } from '../domain/forecast.ts'
import type { Station } from '../domain/station.ts'
import { leaveGuarded } from '../forecast/guarded-mixture.ts'
import { slotsInUse } from '../learn/replay-buffer.ts'
import { emptySlab, slabRow } from '../learn/slab.ts'
import { emptyHistory, type History } from './history.ts'
import type { FeatureSamples, Lessons } from './replay-samples.ts'
import { type ModelDescription, sayTheSame } from './state-codec.ts'
import type { StationState } from './station-state.ts'
import type { TruthJoinState } from './truth-join.ts'
import { restartWindow } from './window.ts'

/* A state goes on with other experts than it was made with: what both have goes on, the others begin. */

/** What came of it. */
export interface Adopted {
  readonly state: StationState
  /** Experts that go on with what they had learnt. */
  readonly goOn: readonly string[]
  /** Experts that begin with nothing learnt. */
  readonly begin: readonly string[]
  /** Experts that are no more. */
  readonly left: readonly string[]
}

/** Facts of a description that only networks depend on: where one differs, networks begin. */
const OF_NETWORKS = ['trainEvery', 'roundSteps', 'batch', 'lookback', 'stride', 'seed']

/**
 * `written`: a state made by the model `was`; `initial`: that of the model `is`, before its first reading, which becomes
 * part of what is given back, as `written` does. What was published, scored and read stays; an expert whose description
 * is the same goes on, any other begins. Undefined where they are of different stations.
 */
export function adoptState(
  written: StationState,
  {
    was,
    is,
    initial,
  }: { readonly was: ModelDescription; readonly is: ModelDescription; readonly initial: StationState },
): Adopted | undefined {
  if (!sayTheSame(whatIsMeasured(was), whatIsMeasured(is))) return undefined
  const networksDiffer = OF_NETWORKS.some((fact) => !sayTheSame(was[fact], is[fact]))
  const before = expertsOf(was)
  const goesOn = ([name, described]: [string, DescribedExpert]): boolean =>
    before.has(name) &&
    sayTheSame(before.get(name), described) &&
    !(networksDiffer && described.network !== undefined)
  const experts = [...expertsOf(is)]
  const goOn = new Set(experts.filter(goesOn).map(([name]) => name))
  const taken = <T>(
    from: Readonly<Record<string, T>>,
    otherwise: Readonly<Record<string, T>>,
  ): Record<string, T> =>
    Object.fromEntries(
      Object.entries(otherwise).map(([name, fresh]) => [
        name,
        goOn.has(name) && name in from ? from[name]! : fresh,
      ]),
    )

  const { verification, ensemble, history, truths } = written
  for (const name of before.keys()) {
    if (goOn.has(name)) continue
    // Its errors up to here are no comparison for those of the others from here on.
    delete verification.rolling.models[name]
    delete ensemble.mixture[name]
    if (ensemble.guarded) leaveGuarded(ensemble.guarded, name)
    delete ensemble.neighbours?.together[name]
    for (const { forecast } of truths.issues)
      (forecast?.models as Map<string, unknown> | undefined)?.delete(name)
  }
  // Lookbacks are read from the history: of rows that were not written for these networks there are none.
  const windowDiffers = networksDiffer || history.width !== initial.history.width
  if (windowDiffers) restartWindow(initial.window)
  // Samples have what was known of the hours ahead beside them.
  const samplesDiffer = windowDiffers || !sayTheSame(was['lookahead'], is['lookahead'])
  if (samplesDiffer) delete ensemble.lookahead
  const state: StationState = {
    ...written,
    history: windowDiffers ? withInputs(history, initial.history.width) : history,
    window: windowDiffers ? initial.window : written.window,
    scaler: windowDiffers ? initial.scaler : written.scaler,
    lookbackSamples: samplesDiffer ? initial.lookbackSamples : written.lookbackSamples,
    truths: withUsableExamples(truths, { rows: !samplesDiffer }),
    ensemble: { ...ensemble, experts: taken(ensemble.experts, initial.ensemble.experts) },
    featureSamples: withLessons(written.featureSamples, initial.featureSamples, goOn),
    learners: taken(written.learners, initial.learners),
  }
  return {
    state,
    goOn: [...goOn],
    left: [...before.keys()].filter((name) => !experts.some(([one]) => one === name)),
    begin: experts.flatMap(([name]) => (goOn.has(name) ? [] : name)),
  }
}

interface DescribedExpert {
  readonly name: string
  /** Undefined where the expert learns within the stream. */
  readonly network?: unknown
  /** What of quantities known ahead it learns from. */
  readonly inputs?: unknown
}

function expertsOf({ experts }: ModelDescription): Map<string, DescribedExpert> {
  const described = (experts ?? []) as readonly DescribedExpert[]
  return new Map(described.map((expert) => [expert.name, expert]))
}

/** Limits, sentinels and how a file is written decide what is taken in from now on; what was learnt stands. */
function whatIsMeasured({ station }: ModelDescription): unknown {
  const { id, cadence, target, channels, simulated } = (station ?? {}) as Partial<Station>
  return [id, cadence, target, simulated, channels?.map(({ name, unit }) => [name, unit])]
}

/** The same rows, as far as networks are concerned unknown. */
function withInputs(history: History, width: number): History {
  return {
    ...emptyHistory(width),
    first: history.first,
    rows: history.rows,
    blocks: history.blocks.map(({ times, measured }) => ({
      ...{ times, measured },
      inputs: new Float32Array(times.length * width).fill(Number.NaN),
    })),
  }
}

/** What is open is scored in any case; it is learnt from as far as it was written down for experts that learn. */
function withUsableExamples(truths: TruthJoinState, { rows }: { readonly rows: boolean }): TruthJoinState {
  return {
    ...truths,
    issues: truths.issues.map(({ example, ...issue }) => ({
      ...issue,
      example:
        example && example.features.length > 0 ? { ...example, row: rows ? example.row : -1 } : undefined,
    })),
  }
}

function withLessons(
  written: FeatureSamples,
  initial: FeatureSamples,
  goOn: ReadonlySet<string>,
): FeatureSamples {
  if (written.features.width !== initial.features.width) return initial
  const lessons = Object.entries(initial.lessons).map(([name, { count }]): [string, Lessons] => {
    const known = goOn.has(name) ? written.lessons[name] : undefined
    if (known) return [name, known]
    const targets = emptySlab(LEADS)
    for (const slot of slotsInUse(written.buffer)) slabRow(targets, slot).fill(Number.NaN)
    return [name, { count, targets }]
  })
  return { ...written, lessons: Object.fromEntries(lessons) }
}
