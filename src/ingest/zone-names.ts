import { MINUTE, type Span } from '../domain/instant.ts'

/** Abbreviations that mean one offset wherever they are used: those of RFC 5322, and Europe's. In hours. */
const HOURS: Readonly<Record<string, number>> = {
  z: 0,
  utc: 0,
  gmt: 0,
  ut: 0,
  wet: 0,
  west: 1,
  cet: 1,
  cest: 2,
  mez: 1,
  mesz: 2,
  met: 1,
  mest: 2,
  eet: 2,
  eest: 3,
  msk: 3,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  akst: -9,
  akdt: -8,
  hst: -10,
  jst: 9,
  nzst: 12,
  nzdt: 13,
  aest: 10,
  aedt: 11,
  awst: 8,
}

const OFFSET = /^(?:utc|gmt)?([+-])(\d{1,2}):?(\d\d)?$/i

/** How far a zone is ahead of UTC; undefined where its name does not tell. `own`: names of the station's own. */
export function zoneOffset(name: string, own?: Readonly<Record<string, string>>): Span | undefined {
  const given = own?.[name]
  const text = given ?? name.trim()
  const hours = HOURS[text.toLowerCase()]
  if (hours !== undefined) return hours * 60 * MINUTE
  const match = OFFSET.exec(text)
  if (!match || Number(match[2]) > 14 || Number(match[3] ?? 0) > 59) return undefined
  const away = Number(match[2]) * 60 + Number(match[3] ?? 0)
  return (match[1] === '-' ? -away : away) * MINUTE
}
