import type { Experiment } from './experiment.ts'
import type { Result } from './result.ts'

/** A result beside what is printed of its experiment. Validation and test in the printed measure: loss, for reviews accuracy. */
export interface Compared {
  readonly experiment: Experiment
  readonly result: Result
  readonly validation: number | undefined
  /** After the last epoch, where that is what is printed. */
  readonly atEnd?: number | undefined
  readonly test: number | undefined
  /** Median of an epoch's training time. */
  readonly epochSeconds: number | undefined
  /** Ours against the printed one, above 0 where ours is better. */
  readonly gain: number | undefined
}

/** In the order of the experiments; those of the same one by protocol and seed. */
export function compared(
  results: readonly Result[],
  experiments: readonly Experiment[],
): readonly Compared[] {
  return experiments.flatMap((experiment) =>
    results
      .filter((result) => result.experiment === experiment.name)
      .sort((a, b) => protocolRank(a) - protocolRank(b) || a.settings.seed - b.settings.seed)
      .map((result) => beside(experiment, result)),
  )
}

function protocolRank({ settings }: Result): number {
  return settings.protocol === 'exact' ? 1 : 0
}

function beside(experiment: Experiment, result: Result): Compared {
  const measure = (
    figures: { readonly loss: number; readonly accuracy?: number | undefined } | null | undefined,
  ) => figures?.accuracy ?? figures?.loss
  // As printed: the best of whatever epoch, where networks are kept and tested by the least loss.
  const accuracies = result.epochs.map(({ validation }) => validation.accuracy ?? 0)
  const validation =
    experiment.task === 'reviews' && accuracies.length > 0
      ? Math.max(...accuracies)
      : result.best?.validation.loss
  const printed = experiment.printed?.validation
  // What is printed was measured in the published protocol.
  const atEnd = experiment.printed?.at === 'end'
  const ours = atEnd ? measure(result.epochs.at(-1)?.validation) : validation
  const comparable = ours !== undefined && printed !== undefined && result.settings.protocol !== 'exact'
  const difference = comparable ? printed - ours : undefined
  return {
    experiment,
    result,
    validation,
    ...(atEnd && { atEnd: ours }),
    test: measure(result.best?.test),
    epochSeconds: median(result.epochs.map(({ seconds }) => seconds)),
    gain: difference === undefined ? undefined : experiment.task === 'reviews' ? -difference : difference,
  }
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1]
}

/** Of the networks on Jena in one protocol the one with the least validation loss: the one that may be tested. */
export function bestOf(
  rows: readonly Compared[],
  protocol: Result['settings']['protocol'],
): Compared | undefined {
  return rows
    .filter(
      ({ result }) =>
        result.settings.protocol === protocol && result.state === 'finished' && result.parameters > 0,
    )
    .reduce<Compared | undefined>(
      (best, row) => ((row.validation ?? Infinity) < (best?.validation ?? Infinity) ? row : best),
      undefined,
    )
}

/**
 * Rows that were measured on the same held-out samples, the best on one of the two parts first: those alone may stand
 * in one table. Other leads, another task and another file are others.
 */
export function paired(
  rows: readonly Compared[],
  part: 'validation' | 'test',
): readonly (readonly Compared[])[] {
  const groups = new Map<string, Compared[]>()
  for (const row of rows) {
    const { task, settings } = row.result
    const key = JSON.stringify([task, settings.protocol, settings.data])
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()].map((group) => group.sort((a, b) => rankOf(a, part) - rankOf(b, part)))
}

/** Lower is better; what is unknown, as where it diverged, comes last. */
function rankOf(row: Compared, part: 'validation' | 'test'): number {
  const figure = row[part]
  if (figure === undefined) return Number.MAX_VALUE
  return row.experiment.task === 'reviews' ? -figure : figure
}
