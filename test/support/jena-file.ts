import { DAY, HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'

/*
 * Files in the format of the classical Jena archive, made up: a daily cycle, a slow one and a little of both in the
 * other columns. Enough for everything to have something to do, and the same on every machine.
 */

export const JENA_HEADER =
  '"Date Time","p (mbar)","T (degC)","Tpot (K)","Tdew (degC)","rh (%)","VPmax (mbar)","VPact (mbar)","VPdef (mbar)","sh (g/kg)","H2OC (mmol/mol)","rho (g/m**3)","wv (m/s)","max. wv (m/s)","wd (deg)"'

export interface JenaFileOptions {
  readonly days: number
  /** In UTC; the file writes local standard time, an hour ahead. Default 2015-01-01T00:00:00Z. */
  readonly from?: Instant
  /** Default ten minutes. */
  readonly cadence?: number
}

/** The whole file as text. */
export function jenaFile(options: JenaFileOptions): string {
  return `${[JENA_HEADER, ...jenaRows(options)].join('\n')}\n`
}

export function jenaRows({
  days,
  from = Date.UTC(2015, 0, 1),
  cadence = 10 * MINUTE,
}: JenaFileOptions): string[] {
  const count = Math.round((days * DAY) / cadence)
  return Array.from({ length: count }, (_, index) => jenaRow(from + index * cadence))
}

export function jenaRow(at: Instant): string {
  const ofDay = Math.sin((2 * Math.PI * (at % DAY)) / DAY - 2)
  const slow = Math.sin((2 * Math.PI * at) / (5.3 * DAY))
  const t = 4 + 5 * ofDay + 3 * slow
  const tdew = t - 3 - 2 * ofDay
  const p = 990 + 8 * Math.cos((2 * Math.PI * at) / (6.1 * DAY))
  const vpMax = 6.11 * Math.exp((17.3 * t) / (237 + t))
  const vpAct = 6.11 * Math.exp((17.3 * tdew) / (237 + tdew))
  const wind = 2 + Math.sin(at / (7 * HOUR))
  const cells = [
    p,
    t,
    t + 273.15,
    tdew,
    (100 * vpAct) / vpMax,
    vpMax,
    vpAct,
    vpMax - vpAct,
    (622 * vpAct) / p,
    (1000 * vpAct) / p,
    (1e5 * p) / (287 * (t + 273.15)),
    wind,
    wind + 1,
    180 + 90 * slow,
  ]
  return [stamp(at), ...cells.map((cell) => cell.toFixed(2))].join(',')
}

/** `01.01.2015 01:00:00` for midnight UTC. */
export function stamp(at: Instant): string {
  const [date = '', time = ''] = new Date(at + HOUR).toISOString().slice(0, 19).split('T')
  return `${date.split('-').reverse().join('.')} ${time}`
}
