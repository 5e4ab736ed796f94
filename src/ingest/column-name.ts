/** The station's own files write µ in two ways, and `m²` comes as `m2` from some tools: NFKC makes them one. */
export function columnKey(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ')
}

/** Place of a column among names, or by its number from 1; -1 where there is none. */
export function placeOf(names: readonly string[], column: string): number {
  const wanted = columnKey(column)
  const named = names.findIndex((name) => columnKey(name) === wanted)
  if (named >= 0 || !/^[1-9]\d{0,3}$/.test(column)) return named
  return Number(column) <= names.length ? Number(column) - 1 : -1
}

/** A column that is named by its number alone. */
export function isNumbered(names: readonly string[], column: string): boolean {
  return /^[1-9]\d{0,3}$/.test(column) && !names.some((name) => columnKey(name) === columnKey(column))
}
