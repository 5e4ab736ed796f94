import { parse } from 'csv-parse/sync'

/** One character, or `blanks`: any run of blanks and tabs. */
export type Separator = string

export const SEPARATORS: readonly Separator[] = [',', ';', '\t', '|', 'blanks']

/** The cells of a line; undefined where a quote is left open. */
export function cellsOf(line: string, separator: Separator): readonly string[] | undefined {
  if (separator === 'blanks') return blankSeparated(line)
  if (!line.includes('"')) return line.split(separator)
  // `="0012"` keeps spreadsheets from taking a text for a number.
  if (line.includes('="')) return cellsOf(line.replaceAll(/(^|[^=\w])="/g, '$1"'), separator)
  try {
    return parse(line, {
      delimiter: separator,
      relax_quotes: true,
      relax_column_count: true,
      // A tab is a blank, too, and two of them in a row are an empty cell.
      ...(separator !== '\t' && { ltrim: true }),
    })[0]
  } catch {
    return undefined
  }
}

function blankSeparated(line: string): readonly string[] | undefined {
  const text = line.trim()
  if (!text.includes('"')) return text.split(/\s+/)
  const cells = text.match(/"[^"]*"|\S+/g) ?? []
  if (cells.some((cell) => cell.startsWith('"') !== cell.endsWith('"') || cell === '"')) return undefined
  return cells.map((cell) => cell.replace(/^"|"$/g, ''))
}
