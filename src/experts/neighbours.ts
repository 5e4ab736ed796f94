import { neighbourNames, placesOf, WITHOUT_NEIGHBOURS } from '../domain/neighbour.ts'
import type { Station } from '../domain/station.ts'
import { interactions, NO_TERMS } from '../forecast/features/interactions.ts'
import { randomUnits } from '../forecast/features/random-units.ts'
import { neighbourExpert } from '../forecast/neighbours/neighbour-expert.ts'
import type { Expert } from './expert.ts'

/** Half of those of `rls_random`: more cost the first year more than they give later. */
const RANDOM_UNITS = 250

/** Two for each neighbour that the station names, or for each place where one is found. */
export function neighbourExperts(
  station: Station,
  { seed, minExamples }: { readonly seed: number; readonly minExamples?: number | undefined },
): readonly Expert[] {
  return placesOf(station.neighbours ?? []).flatMap((place) => {
    const [plain, random] = neighbourNames(place)
    return [
      neighbourExpert(station, {
        ...{ name: plain, place, minExamples },
        design: (layout) => interactions(layout, NO_TERMS),
      }),
      neighbourExpert(station, {
        ...{ name: random, place, minExamples },
        design: (layout) => randomUnits(layout, { units: RANDOM_UNITS, seed }),
      }),
    ].map((forecaster) => ({ forecaster }))
  })
}

/** Theirs, and that of the mixture without them. */
export function neighbourModelNames({ neighbours = [] }: Pick<Station, 'neighbours'>): readonly string[] {
  const experts = placesOf(neighbours).flatMap(neighbourNames)
  return experts.length > 0 ? [...experts, WITHOUT_NEIGHBOURS] : []
}
