import { DAY } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import type { ExpertEntry, ExpertOptions } from '../../src/experts/expert.ts'
import { EXPERTS } from '../../src/experts/registry.ts'
import type { Forecaster } from '../../src/forecast/forecaster.ts'

export const OPTIONS: ExpertOptions = {
  seed: 1,
  networks: { trainEvery: DAY, roundSteps: 2, batch: 128 },
  turn: { place: 0, of: 1 },
}

/** Those that learn all they learn within the stream. */
export const STREAM_EXPERTS: readonly ExpertEntry[] = EXPERTS.filter(
  ({ learnsFrom }) => learnsFrom === 'stream',
)

/** Those that say nothing in a first month of weather: one learns a day at a time, one waits for a week that shows. */
export const SILENT_AT_FIRST: ReadonlySet<string> = new Set(['day_ahead', 'rls_week'])

/** Those of these names, or all that learn within the stream. */
export function forecastersOf(
  station: Station,
  { names, ...options }: Partial<ExpertOptions> & { readonly names?: readonly string[] } = {},
): Forecaster[] {
  const entries = names ? names.map(entryOf) : STREAM_EXPERTS
  return entries.map((entry) => entry.create(station, { ...OPTIONS, ...options }).forecaster)
}

export function entryOf(name: string): ExpertEntry {
  const entry = EXPERTS.find((one) => one.name === name)
  if (!entry) throw new Error(`there is no expert ${name}`)
  return entry
}
