import { formatInstant, MINUTE } from '../src/domain/instant.ts'
import type { TickMessage } from '../src/protocol/tick.ts'

const CHANNELS = {
  'p (mbar)': 996.52,
  'T (degC)': -8.02,
  'Tpot (K)': 265.4,
  'Tdew (degC)': -8.9,
  'rh (%)': 93.3,
  'VPmax (mbar)': 3.33,
  'VPact (mbar)': 3.11,
  'VPdef (mbar)': 0.22,
  'sh (g/kg)': 1.94,
  'H2OC (mmol/mol)': 3.12,
  'rho (g/m**3)': 1307.75,
  'wv (m/s)': 1.03,
  'max. wv (m/s)': 1.75,
  'wd (deg)': 152.3,
}

/** Ticks as the classical Jena file yields them: 14 channels, 10 minutes apart. */
export function sampleTicks(count: number): TickMessage[] {
  const first = Date.UTC(2009, 0, 1)
  return Array.from({ length: count }, (_, row) => ({
    event_time: formatInstant(first + row * 10 * MINUTE),
    ingest_time: formatInstant(first + row * 10 * MINUTE),
    id: `bench/jena_climate_2009_2016.csv:${row + 2}`,
    values: { ...CHANNELS, 'T (degC)': Math.round(Math.sin(row / 144) * 1000) / 100 },
    replay: { session: '01JBENCH', speed: 'max', paused: false },
  }))
}
