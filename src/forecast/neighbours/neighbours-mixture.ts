import type { Settlement } from '../../domain/forecast.ts'
import type { Instant } from '../../domain/instant.ts'
import { WITHOUT_NEIGHBOURS } from '../../domain/neighbour.ts'
import { learnMixture, MIXTURE, type Mixed, type MixtureState, mix } from '../mixture.ts'

/*
 * Neighbours fall silent. In one mixture with all others, whoever was the best by far leaves behind experts that have
 * all lost against it, and nobody to tell good from bad: Denver without Great Falls erred 10 % more at +24 h over two months
 * than if it had never had it. So the others are mixed by themselves, as if there were no neighbours, and that mean
 * stands beside the neighbours' in a second mixture: what is left when they sleep is the very same as without them.
 */

/** `together` is over the mean of the station's own experts, which `mixOwn` gives, and the neighbours' experts; that mean joins the models. */
export function mixBoth<Own extends Mixed>(
  together: MixtureState,
  models: Map<string, Float64Array>,
  {
    issuedAt,
    neighbours,
    mixOwn,
  }: {
    readonly issuedAt: Instant
    readonly neighbours: ReadonlySet<string>
    readonly mixOwn: (models: ReadonlyMap<string, Float64Array>) => Own | undefined
  },
): Own | undefined {
  const isTheirs = ([name]: readonly [string, unknown]): boolean => neighbours.has(name)
  const without = mixOwn(new Map([...models].filter((model) => !isTheirs(model))))
  if (!without) return undefined
  models.set(WITHOUT_NEIGHBOURS, without.mean)
  const theirs = [...models].filter(isTheirs)
  if (theirs.length === 0) return without
  const both = mix(together, new Map([[WITHOUT_NEIGHBOURS, without.mean], ...theirs]), issuedAt)
  if (!both) return undefined
  const weights = new Map(both.weights)
  const ownShare = weights.get(WITHOUT_NEIGHBOURS)!
  weights.delete(WITHOUT_NEIGHBOURS)
  const shared = [...without.weights].map(([name, weight]): [string, Float64Array] => [
    name,
    weight.map((each, lead) => each * ownShare[lead]!),
  ])
  return { ...without, mean: both.mean, weights: new Map([...shared, ...weights]) }
}

/** Each mixture learns of its own members, against its own mean. */
export function learnBoth(
  together: MixtureState,
  settlement: Settlement,
  {
    neighbours,
    learnOwn,
  }: { readonly neighbours: ReadonlySet<string>; readonly learnOwn: (settlement: Settlement) => void },
): void {
  const { models } = settlement
  const mixed = models.get(MIXTURE)
  const without = models.get(WITHOUT_NEIGHBOURS)
  const others = [...models].filter(
    ([name]) => name !== MIXTURE && name !== WITHOUT_NEIGHBOURS && !neighbours.has(name),
  )
  const mean = without ?? mixed
  if (mean) learnOwn({ ...settlement, models: new Map([...others, [MIXTURE, mean]]) })
  const theirs = [...models].filter(([name]) => neighbours.has(name))
  if (!mixed || !without || theirs.length === 0) return
  const members = new Map([[WITHOUT_NEIGHBOURS, without], ...theirs, [MIXTURE, mixed]])
  learnMixture(together, { ...settlement, models: members })
}
