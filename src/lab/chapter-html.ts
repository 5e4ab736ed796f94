import { escaped, htmlPage, table } from '../report/html.ts'
import type { Block } from './block.ts'

/** One page that needs nothing else. */
export function chapterHtml(blocks: readonly Block[]): string {
  const title = blocks.find((block) => block.kind === 'heading')?.text ?? ''
  return htmlPage(
    title,
    `<main>
${blocks.map(html).join('\n')}
</main>`,
  )
}

function html(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${escaped(block.text)}</h${block.level}>`
    case 'text':
      return `<p>${escaped(block.text)}</p>`
    case 'table':
      return table(block)
    case 'figure':
      return block.figure
  }
}
