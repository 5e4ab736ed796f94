import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkWritable, writeReports } from '../../src/commands/report-files.ts'
import { figuresOf } from '../../src/report/figures.ts'
import { someResults } from '../report/backtest-results.ts'
import { RUN } from '../report/reported-run.ts'

describe('report files', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickcast-report-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('report files - each is written where a flag names it, and only there', async () => {
    const results = someResults()
    const outcome = { results, summary: { ...RUN, ...figuresOf(results, 'mixture') } }
    const [report, markdown] = [join(folder, 'report.html'), join(folder, 'figures.md')]
    expect(await writeReports({}, outcome)).toEqual([])
    await checkWritable({ report, markdown })
    expect(await writeReports({ report, markdown }, outcome)).toEqual([report, markdown])
    expect(await readFile(report, 'utf8')).toContain('<h2>Year by year')
    expect(await readFile(markdown, 'utf8')).toMatch(
      /^`T \(degC\)`.*`npx tickcast.*`\n\nEvery model .*\n\n\| model \|/,
    )
  })

  it('report files - one that cannot be written is rejected with its flag, before anything is done', async () => {
    const nowhere = join(folder, 'missing', 'figures.md')
    await expect(checkWritable({ markdown: nowhere })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(`--markdown ${nowhere}: cannot be written`),
    })
  })
})
