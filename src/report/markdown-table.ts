/** A table in Markdown; cells are Markdown themselves. With `figures`, all columns but the first are set to the right. */
export function markdownTable({
  head,
  rows,
  figures = false,
}: {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly figures?: boolean
}): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rule = head.map((_, column) => (figures && column > 0 ? '---:' : '---'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}
