import { markdownTable } from '../report/markdown-table.ts'
import { STYLE } from '../report/style.ts'
import type { Block } from './block.ts'

/** Files of a report in Markdown: itself, and its figures, which it shows from a folder beside it. */
export interface MarkdownChapter {
  readonly text: string
  readonly figures: readonly { readonly file: string; readonly svg: string }[]
}

export function chapterMarkdown(blocks: readonly Block[], folder: string): MarkdownChapter {
  const parts = blocks.map((block) => markdown(block, folder))
  return {
    text: `${parts.join('\n\n')}\n`,
    figures: blocks.flatMap((block) =>
      block.kind === 'figure' ? [{ file: `${block.name}.svg`, svg: standalone(block.figure) }] : [],
    ),
  }
}

function markdown(block: Block, folder: string): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${block.text}`
    case 'text':
      return escapedText(block.text)
    case 'table':
      return [
        `${escapedText(block.caption)}:`,
        '',
        markdownTable({ head: block.head, rows: block.rows.map((cells) => cells.map(escapedText)) }),
      ].join('\n')
    case 'figure':
      return `![${escapedText(block.caption)}](${folder}/${block.name}.svg)`
  }
}

/** What Markdown would take for its own. */
function escapedText(text: string): string {
  return text.replace(/[\\|*_<`[\]]/g, (character) => `\\${character}`)
}

/** The drawing of a figure with the styles it needs: a picture may not be styled from outside. */
function standalone(figure: string): string {
  const svg = /<svg[\s\S]*?<\/svg>/.exec(figure)?.[0] ?? ''
  const style = `${STYLE}svg { background: var(--paper); font: 14px system-ui, sans-serif; }`
  return svg
    .replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')
    .replace('>', `>\n<style>${style}</style>`)
}
