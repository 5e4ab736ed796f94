import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { chapterBlocks } from '../lab/chapter.ts'
import { chapterHtml } from '../lab/chapter-html.ts'
import { chapterMarkdown } from '../lab/chapter-markdown.ts'
import { EXPERIMENTS } from '../lab/experiments.ts'
import { openResults } from '../lab/result-folder.ts'

export interface LabReportFlags {
  readonly results: string
  readonly html?: string
  readonly markdown?: string
}

/** Writes the page, and Markdown with its figures in a folder of the same name. */
export async function labReport({ results: path, html, markdown }: LabReportFlags): Promise<void> {
  const folder = openResults(path)
  const results = await folder.results()
  if (results.length === 0)
    throw new TickcastError('usage', `${path}: no results yet: tickcast lab run NAME...|all makes some`)
  const [outline, findings] = [await folder.outline(), await folder.findings()]
  const blocks = chapterBlocks({ results, experiments: EXPERIMENTS, outline, findings })
  const htmlPath = html ?? join(path, 'chapter.html')
  const markdownPath = markdown ?? join(path, 'chapter.md')
  const figures = basename(markdownPath).replace(/\.[^.]+$/, '')
  const { text, figures: drawn } = chapterMarkdown(blocks, figures)
  try {
    await mkdir(dirname(htmlPath), { recursive: true })
    await writeFile(htmlPath, chapterHtml(blocks))
    const figureFolder = join(dirname(markdownPath), figures)
    await mkdir(figureFolder, { recursive: true })
    await writeFile(markdownPath, text)
    for (const { file, svg } of drawn) await writeFile(join(figureFolder, file), svg)
  } catch (cause) {
    throw new TickcastError('usage', `the report cannot be written: ${errorMessage(cause)}`, { cause })
  }
  process.stdout.write(`${htmlPath}\n${markdownPath}\n`)
}
