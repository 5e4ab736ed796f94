import { Info } from 'luxon'

/** Languages whose names of months agree, in their first three letters or more, on the month that is meant. */
const LOCALES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'sv', 'da', 'nb']

const NAMES = [
  ...LOCALES.flatMap((locale) =>
    (['long', 'short'] as const).flatMap((length) =>
      Info.months(length, { locale }).map((name, index) => ({ name: plain(name), month: index + 1 })),
    ),
  ),
  { name: 'mrz', month: 3 },
]
const MOST_REMEMBERED = 256
const known = new Map<string, number | undefined>()

/** Month from 1 that a name, or the begin of one, means; undefined where it is none, or of several: `jui`. */
export function monthNamed(name: string): number | undefined {
  if (known.has(name)) return known.get(name)
  const begin = plain(name)
  const months = new Set(NAMES.filter((each) => each.name.startsWith(begin)).map(({ month }) => month))
  const month = begin.length >= 3 && months.size === 1 ? [...months][0] : undefined
  if (known.size >= MOST_REMEMBERED) known.clear()
  known.set(name, month)
  return month
}

/** Without case, accents and points. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^\p{L}]/gu, '')
    .toLowerCase()
}
