import { STYLE } from './style.ts'
import type { Table } from './tables.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Characters of a cell; columns with a longer one are of sentences or lists, and may break. */
const LONGEST_IN_A_LINE = 40

/** Text as it may stand in HTML and SVG, attributes included. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}

/** A table with a caption; the first cell of a row is its heading. Cells are text. */
export function table({ caption, head, rows }: Table): string {
  const isOfWords = head.map((_, column) =>
    rows.some((cells) => (cells[column] ?? '').length > LONGEST_IN_A_LINE),
  )
  const cellOf = (tag: string, text: string, column: number): string =>
    `<${tag}${isOfWords[column] ? ' class="words"' : ''}>${escaped(text)}</${tag.split(' ')[0]}>`
  const line = ([first = '', ...cells]: readonly string[]) =>
    `<tr><th scope="row">${escaped(first)}</th>${cells.map((cell, index) => cellOf('td', cell, index + 1)).join('')}</tr>`
  return `<p class="quiet">${escaped(caption)}</p>
<div class="wide" tabindex="0"><table aria-label="${escaped(caption)}">
<thead><tr>${head.map((cell, column) => cellOf('th scope="col"', cell, column)).join('')}</tr></thead>
<tbody>${rows.map(line).join('\n')}</tbody></table></div>`
}

/** A whole page that needs nothing else; `body` is HTML, `title` text. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`
}
