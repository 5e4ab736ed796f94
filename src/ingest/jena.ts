import { MINUTE } from '../domain/instant.ts'
import type { Channel, Station } from '../domain/station.ts'

/** What the station's logger writes where it has no value; seen in `wv` and `max. wv`, used for all channels. */
const SENTINELS = [-9999]

function channel(name: string, min: number, max: number): Channel {
  const unit = /\(([^)]*)\)$/.exec(name)?.[1] ?? ''
  return { name, column: name, unit, limits: { min, max }, sentinels: SENTINELS }
}

/**
 * The weather station on the roof of the Max Planck Institute for Biogeochemistry in Jena. Its stamps carry no zone
 * and know no summer time: it logs local standard time, UTC+1. The limits are wide: they are there to catch a broken
 * sensor, not rare weather.
 */
export const jena: Station = {
  id: 'jena',
  title: 'Jena, Max Planck Institute for Biogeochemistry (roof)',
  time: {
    column: 'Date Time',
    formats: ['dd.MM.yyyy HH:mm:ss', 'dd.MM.yyyy HH:mm', 'iso'],
    utcOffsetMinutes: 60,
  },
  cadence: 10 * MINUTE,
  target: 'T (degC)',
  channels: [
    channel('p (mbar)', 870, 1085),
    channel('T (degC)', -60, 60),
    channel('Tpot (K)', 210, 340),
    channel('Tdew (degC)', -70, 40),
    channel('rh (%)', 0, 100),
    channel('VPmax (mbar)', 0, 200),
    channel('VPact (mbar)', 0, 100),
    channel('VPdef (mbar)', -1, 200),
    channel('sh (g/kg)', 0, 60),
    channel('H2OC (mmol/mol)', 0, 100),
    channel('rho (g/m**3)', 800, 1700),
    channel('wv (m/s)', 0, 75),
    channel('max. wv (m/s)', 0, 115),
    channel('wd (deg)', 0, 360),
    // What the newer files hold besides.
    channel('rain (mm)', 0, 100),
    channel('raining (s)', 0, 3600),
    channel('SWDR (W/m²)', -20, 1800),
    channel('PAR (µmol/m²/s)', -50, 4000),
    channel('max. PAR (µmol/m²/s)', -50, 6000),
    channel('Tlog (degC)', -60, 90),
    channel('CO2 (ppm)', 0, 5000),
  ],
  simulated: false,
}
