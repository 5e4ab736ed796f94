import { createWriteStream } from 'node:fs'
import { truncate } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/files.ts'
import { jenaFile } from '../support/jena-file.ts'
import { runShell, runTickcast, startTickcast } from '../support/process.ts'

const files = temporaryFolder()
const NETWORKLESS = ['--experts', 'persistence']
/** Exit code 2, and of standard error the last line, which is the only one that begins with the program's name. */
function refused({ code, stderr }: { readonly code: number | null; readonly stderr: string }): string {
  const lines = stderr.split('\n').filter((line) => line.startsWith('tickcast: '))
  expect({ code, lines: lines.length }, stderr).toEqual({ code: 2, lines: 1 })
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(lines[0])
  return lines[0]!
}

describe('lying files', () => {
  it('lying files - a gzip of nothing but line ends, by every command that reads one', async () => {
    const bomb = files.path('bomb.csv.gz')
    const lines = function* () {
      const megabyte = Buffer.alloc(1 << 20, '\n')
      for (let written = 0; written < 70; written++) yield megabyte
    }
    await pipeline(lines, createGzip({ level: 1 }), createWriteStream(bomb))
    for (const args of [
      ['start', '--port', '0', '--data', bomb],
      ['backtest', '--data', bomb],
      ['replay', '--nats', 'nats://127.0.0.1:1', '--data', bomb],
      ['lab', 'run', 'persistence', '--results', files.path('results'), '--data', bomb],
    ])
      expect(refused(await runTickcast(args))).toBe(
        'tickcast: bomb.csv:1: no row can be read in 100000 lines from here on: they are blank; expected rows',
      )
    const reviews = ['--results', files.path('results'), '--reviews', bomb]
    expect(refused(await runTickcast(['lab', 'run', 'reviews-lstm', ...reviews]))).toContain(`${bomb}: `)
  })

  it('lying files - one that is cut while it is played is no success with the rows it had, packed or not', async () => {
    const text = jenaFile({ days: 300 })
    for (const [name, content] of [
      ['cut.csv', text],
      ['cut.csv.gz', gzipSync(text, { level: 1 })],
    ] as const) {
      const path = await files.write(name, content)
      const flags = ['--port', '0', '--speed', '36000', '--lead-in', '0h', ...NETWORKLESS]
      const playing = startTickcast(['start', '--data', path, ...flags])
      await playing.address()
      await truncate(path, 200_000)
      const { port } = new URL(await playing.address())
      await fetch(`http://127.0.0.1:${port}/v1/stations/jena/replay`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ speed: 'max' }),
      }).catch(() => undefined) // it may have ended by then
      expect(refused(await playing.ended)).toBe(
        `tickcast: ${path}: it was cut from ${content.length} to 200000 bytes while it was read; expected a file that ` +
          'stays as it is while it is read',
      )
    }
  })

  it('lying files - rows of which none can be read are given up on, those before them are not lost', async () => {
    const rows = '01.01.2016 00:00:00,1\n'.repeat(100_001)
    const path = await files.write('wrong.csv', `${jenaFile({ days: 3 })}${rows}`)
    const line = refused(await runTickcast(['backtest', '--data', path, ...NETWORKLESS]))
    expect(line).toContain(
      "wrong.csv:434: no row can be read in 100000 lines from here on: row is '2 cells'; expected 15",
    )
  })

  it('lying files - a feed without a line end, or of nothing, ends without a server', async () => {
    const piped = async (character: string) => {
      const path = await files.write('input', character.repeat(17_000_000))
      return refused(await runShell(`feed --station jena --url http://127.0.0.1:1 < ${path}`))
    }
    expect(await piped('a')).toMatch(/standard input:1: a line of more than 1048576 characters/)
    expect(await piped('\n')).toMatch(
      /standard input:\d+: more than 16777216 blank characters; expected ticks/,
    )
    const folder = await runShell(`feed --station jena < ${files.path('')}`)
    expect(refused(folder)).toContain('standard input')
  })
})
