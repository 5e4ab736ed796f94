import type { Station } from '../domain/station.ts'
import { climatology } from './climatology.ts'
import type { Forecaster } from './forecaster.ts'
import { persistence } from './persistence.ts'
import { seasonalNaive } from './seasonal-naive.ts'

/** What every skill is reckoned against, by name, in the order of tables. */
export const BASELINES: ReadonlyMap<string, (station: Station) => Forecaster> = new Map<
  string,
  (station: Station) => Forecaster
>([
  ['persistence', persistence],
  ['seasonal_naive', seasonalNaive],
  ['climatology', (station) => climatology(station)],
])
