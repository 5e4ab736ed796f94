import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/files.ts'
import { jenaFile } from '../support/jena-file.ts'
import { runTickcast, startTickcast } from '../support/process.ts'

const files = temporaryFolder()
const made = () => files.write('made-up.csv', jenaFile({ days: 90 }))

/** What every refusal has in common; returns its one line. */
async function refusal(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runTickcast(['lab', ...args])
  expect({ code, stdout, lines: stderr.split('\n').length - 1 }, stderr).toEqual({
    code: 2,
    stdout: '',
    lines: 1,
  })
  return stderr
}

describe('tickcast lab', () => {
  it('lab - runs experiments to a result each, and a report of one page and Markdown', async () => {
    const results = files.path('results')
    const flags = ['--data', await made(), '--results', results, '--epochs', '2', '--steps', '3']
    const run = await runTickcast(['lab', 'run', 'persistence', 'dense', 'gru', ...flags])
    expect(run.code, run.stderr).toBe(0)
    expect(run.stderr).toMatch(/gru: validation \d\.\d{4} \(\d+\.\d{3} K\), printed 0\.2624; test/)
    expect(JSON.parse(await readFile(`${results}/gru.published.json`, 'utf8'))).toMatchObject({
      state: 'finished',
      epochs: [{ epoch: 1 }, { epoch: 2 }],
    })
    const again = await runTickcast(['lab', 'run', 'gru', ...flags])
    expect(again.stderr).toContain('(kept from an earlier run)')

    const report = await runTickcast(['lab', 'report', '--results', results])
    expect(report.stdout).toBe(`${results}/chapter.html\n${results}/chapter.md\n`)
    expect(await readFile(`${results}/chapter.md`, 'utf8')).toContain('| gru | ')
    expect(await readdir(`${results}/chapter`)).toContain('gru.published.svg')
  })

  it('lab - interrupted it keeps whole epochs, and the same command goes on from there', async () => {
    const results = files.path('interrupted')
    const args = [
      'lab',
      'run',
      'gru',
      '--data',
      await made(),
      '--results',
      results,
      '--epochs',
      '4',
      '--steps',
      '20',
    ]
    const program = startTickcast(args)
    await program.prints(/epoch 1\/4 .* validation/)
    const { code, stderr } = await program.stop('SIGINT')
    expect(code, stderr).toBe(130)
    expect(stderr).toContain('the same command goes on from there')
    const kept = JSON.parse(await readFile(`${results}/gru.published.json`, 'utf8'))
    expect(kept.state).toBe('running')
    const second = await runTickcast(args)
    expect(second.stderr).toContain(`goes on after epoch ${kept.epochs.length}`)
    const through = JSON.parse(await readFile(`${results}/gru.published.json`, 'utf8'))
    expect(through.epochs.slice(0, kept.epochs.length)).toEqual(kept.epochs)
    expect(through).toMatchObject({ state: 'finished', epochs: { length: 4 } })
    expect(await readdir(results)).toEqual(['data.json', 'gru.published.json'])
  })

  it('lab - lists every experiment, for people and for machines', async () => {
    const { stdout } = await runTickcast(['lab', 'list'])
    expect(stdout).toMatch(/^gru +GRU 32 \(20 epochs\)$/m)
    const { stdout: lines } = await runTickcast(['lab', 'list', '--json'])
    const listed = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(listed).toContainEqual(
      expect.objectContaining({ name: 'gru', epochs: 20, printed: { validation: 0.2624, epochSeconds: 58 } }),
    )
  })

  it('lab - an unknown name, and how many there are', async () => {
    expect(await refusal('run', 'gur')).toMatch(/no experiment 'gur'; there are persistence, dense, gru, /)
  })

  it('lab - no epochs at all', async () => {
    expect(await refusal('run', 'gru', '--epochs', '0')).toContain(
      "'0' is invalid. Expected a whole number from 1",
    )
  })

  it('lab - no data', async () => {
    expect(await refusal('run', 'gru')).toContain('no data: name a file with --data FILE')
  })

  it('lab - a file that is missing, has other columns, or too few rows', async () => {
    expect(await refusal('run', 'gru', '--data', files.path('nowhere.csv'))).toContain(
      'there is no such file',
    )
    const other = await files.write('other.csv', 'when,what\n1,2\n')
    expect(await refusal('run', 'gru', '--data', other)).toContain("no time column 'Date Time'")
    const short = await files.write('short.csv', jenaFile({ days: 20 }))
    const { code, stderr } = await runTickcast([
      'lab',
      'run',
      'gru',
      '--data',
      short,
      '--results',
      files.path('none'),
    ])
    expect(code).toBe(2)
    expect(stderr).toContain('short.csv: 2880 rows are too few')
  })

  it('lab - reviews without their archive, and one that is missing or cut', async () => {
    expect(await refusal('run', 'reviews-lstm')).toContain(
      'reviews-lstm needs the movie reviews: --reviews FILE',
    )
    const nowhere = files.path('nowhere.tar.gz')
    expect(await refusal('run', 'reviews-lstm', '--reviews', nowhere)).toContain(
      `${nowhere}: there is no such file`,
    )
    const cut = await files.write('cut.tar.gz', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b))
    expect(await refusal('run', 'reviews-lstm', '--reviews', cut)).toContain(`${cut}: it is cut off`)
  })

  it('lab - a report of nothing', async () => {
    expect(await refusal('report', '--results', files.path('empty'))).toContain('no results yet')
  })
})
