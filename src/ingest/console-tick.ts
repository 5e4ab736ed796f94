import { PLAIN_NUMBER } from './number-text.ts'

/*
 * What weather consoles send that can send nothing else: names and values, in a query (Weather Underground's protocol) or
 * a form (Ecowitt's). Units are theirs, mostly Fahrenheit and inches: `scale` and `offset` of the station file.
 */

/** Keys that say who sends; no channel. */
const SENDERS = new Set(
  'ID PASSWORD PASSKEY token p station action dateutc realtime rtfreq softwaretype stationtype model freq interval runtime heap'.split(
    ' ',
  ),
)

export interface ConsoleTick {
  /** As the sender names itself; undefined where it does not. */
  readonly station: string | undefined
  readonly tick: Readonly<Record<string, unknown>>
}

/** `dateutc` is `2025-06-01 10:32:35`, or `now`. */
export function consoleTick(said: URLSearchParams): ConsoleTick {
  const time = said.get('dateutc')
  const isNow = time === null || time.trim() === '' || time.trim().toLowerCase() === 'now'
  const values = [...said]
    .filter(([key]) => !SENDERS.has(key))
    .map(([key, text]): [string, unknown] => [key, PLAIN_NUMBER.test(text.trim()) ? Number(text) : text])
  return {
    station: said.get('station') ?? said.get('ID') ?? said.get('PASSKEY') ?? undefined,
    tick: Object.fromEntries<unknown>([...values, ...(isNow ? [] : [['event_time', utc(time)]])] as [
      string,
      unknown,
    ][]),
  }
}

/** What is no such time stays as it is, for whoever says so. */
function utc(time: string): string {
  const [, date, clock] = /^(\d{4}-\d\d?-\d\d?)[ T](\d\d?:\d\d?:\d\d?)$/.exec(time.trim()) ?? []
  if (date === undefined || clock === undefined) return time
  const two = (text: string, sign: string) =>
    text
      .split(sign)
      .map((part) => part.padStart(2, '0'))
      .join(sign)
  return `${two(date, '-')}T${two(clock, ':')}Z`
}
