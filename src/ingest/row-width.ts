/** How many cells a row has. */
export interface RowWidth {
  readonly least: number
  readonly most: number
}

/** Empty names at the end of a header are those of separators behind the last cell: rows have them or have not. */
export function rowWidth(names: readonly string[], { ragged = false, last = 0 }): RowWidth {
  let least = names.length
  while (least > 1 && names[least - 1]!.trim() === '') least--
  return { least: ragged ? Math.min(least, last + 1) : least, most: names.length }
}

/** Cells behind the last one count where there is something in them. */
export function isRowWidth(cells: readonly string[], { least, most }: RowWidth): boolean {
  if (cells.length < least) return false
  for (let at = most; at < cells.length; at++) if (cells[at]!.trim() !== '') return false
  return true
}

export function widthText({ least, most }: RowWidth): string {
  return least === most ? `${most} cells` : `${least} to ${most} cells`
}

const ENOUGH_ROWS = 10

/** The width that rows have in place of the one that is expected; undefined where most of them fit. */
export function otherWidth(rows: readonly (readonly string[])[], width: RowWidth): number | undefined {
  const counts = new Map<number, number>()
  let unfit = 0
  for (const cells of rows) {
    if (isRowWidth(cells, width)) continue
    unfit++
    counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a)
  if (!most) return undefined
  const isMost = most[1] * 2 > rows.length || (rows.length >= ENOUGH_ROWS && unfit * 2 > rows.length)
  return isMost ? most[0] : undefined
}
