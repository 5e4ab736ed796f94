/** What anybody could forecast without learning, in the order of tables. */
export const BASELINES = ['persistence', 'seasonal_naive', 'climatology'] as const
export type Baseline = (typeof BASELINES)[number]

/** The baseline that skill is measured against where no other is named. */
export const REFERENCE: Baseline = 'persistence'

const TITLES: Readonly<Record<Baseline, string>> = {
  persistence: 'persistence',
  seasonal_naive: 'same hour yesterday',
  climatology: 'climatology',
}

export function isBaseline(model: string): model is Baseline {
  return (BASELINES as readonly string[]).includes(model)
}

/** A baseline as people are told of it; undefined for any other model. */
export function baselineTitle(model: string): string | undefined {
  return isBaseline(model) ? TITLES[model] : undefined
}
