import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
const FIXTURE = fileURLToPath(new URL('reporter-fixture', import.meta.url))

/** Runs these files of the fixture in a vitest of their own; resolves with its exit code and what it printed. */
function runFixture(
  ...files: readonly string[]
): Promise<{ readonly code: number; readonly lines: string[] }> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')))
  return new Promise((resolve, reject) =>
    execFile(
      process.execPath,
      [VITEST, 'run', '--root', FIXTURE, ...files],
      { env },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') reject(error)
        else if (stdout === '') reject(new Error(`nothing printed: ${stderr}`))
        else resolve({ code: Number(error?.code ?? 0), lines: stdout.trimEnd().split('\n') })
      },
    ),
  )
}

describe('closing line', () => {
  it('closing line - counts failed hooks, files and rejections beside tests, and names what was tried again or did not run', async () => {
    const { code, lines } = await runFixture()
    expect(code).toBe(1)
    expect(lines.at(-1)).toBe('5 passed, 6 failed, 4 skipped')
    expect(lines.filter((line) => line.startsWith('  ')).toSorted()).toEqual([
      '  did not run 1 test: never begins',
      '  did not run 2 tests: begins badly',
      '  failed outside any test: hooks.fixture.ts > begins badly: no server here',
      '  failed outside any test: hooks.fixture.ts > ends badly: the server stays',
      '  failed outside any test: hooks.fixture.ts > never begins: Hook timed out in 500ms.',
      '  failed outside any test: unhandled: nobody caught this',
      '  failed outside any test: unreadable.fixture.ts: this file cannot be read',
      '  passed at the second try: tests.fixture.ts: tests > passes when tried again',
      '  skipped 1 test: tests',
    ])
  })

  it('closing line - says 0 failed where nothing did, and not where nothing was found to run', async () => {
    const [well, nothing] = await Promise.all([runFixture('well'), runFixture('no-such-file')])
    expect([well.code, well.lines.at(-1)]).toEqual([0, '1 passed, 0 failed, 0 skipped'])
    expect([nothing.code, nothing.lines.at(-1)]).toEqual([1, '0 passed, 1 failed, 0 skipped'])
  })
})
