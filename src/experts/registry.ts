import { climatology } from '../forecast/climatology.ts'
import { dampedAnomaly } from '../forecast/damped-anomaly.ts'
import { doubleSeasonal } from '../forecast/double-seasonal.ts'
import { HOUR_TERMS, NO_TERMS, SEASON_TERMS } from '../forecast/features/interactions.ts'
import { persistence } from '../forecast/persistence.ts'
import { recentMedian } from '../forecast/recent-median.ts'
import { seasonalNaive, weeklyNaive } from '../forecast/seasonal-naive.ts'
import { weeklyProfile } from '../forecast/weekly-profile.ts'
import type { ExpertEntry } from './expert.ts'
import { mlp } from './mlp.ts'
import { recurrent } from './recurrent.ts'
import {
  dayAheadRegression,
  leastSquaresOfWeek,
  leastSquaresOnRandomUnits,
  leastSquaresWith,
  plain,
} from './statistical.ts'

/** Two months of daily rounds. */
const TWO_MONTHS = 60

/** Every expert, trained beside the stream or not, in the order of tables. A new one is a file, and a line here. */
export const EXPERTS: readonly ExpertEntry[] = [
  plain('persistence', persistence),
  plain('seasonal_naive', seasonalNaive),
  plain('climatology', climatology),
  plain('damped_anomaly', dampedAnomaly),
  plain('weekly_naive', weeklyNaive),
  plain('weekly_profile', weeklyProfile),
  plain('double_seasonal', doubleSeasonal),
  plain('recent_median', recentMedian),
  dayAheadRegression('day_ahead'),
  leastSquaresWith('rls', NO_TERMS, { layoutAt: 2 }),
  leastSquaresWith('rls_hour', HOUR_TERMS, { layoutAt: 3 }),
  leastSquaresWith('rls_season', SEASON_TERMS, { robust: true, layoutAt: 4 }),
  leastSquaresOnRandomUnits('rls_random', { layoutAt: 5 }),
  leastSquaresOfWeek('rls_week', HOUR_TERMS),
  mlp('mlp', { base: persistence, dropout: 0.3, noise: 0, recentShare: 0.25, seed: 0 }),
  mlp('mlp_anomaly', { base: dampedAnomaly, dropout: 0.4, noise: 0.1, recentShare: 0.1, seed: 1_000_003 }),
  recurrent('gru', { cell: 'gru', units: [32], bidirectional: false, seed: 0 }),
  recurrent('gru_stacked', {
    cell: 'gru',
    units: [32, 32],
    bidirectional: false,
    seed: 2_000_003,
    minRounds: TWO_MONTHS,
  }),
  recurrent('gru_bidirectional', {
    cell: 'gru',
    units: [16],
    bidirectional: true,
    seed: 3_000_017,
    minRounds: TWO_MONTHS,
  }),
]
