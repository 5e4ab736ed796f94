import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseInstant } from '../../src/domain/instant.ts'
import { fileCases } from '../support/file-case.ts'
import { temporaryFolder } from '../support/files.ts'
import { runShell, runTickcast, startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const cases = fileCases(fileURLToPath(new URL('../ingest/cases', import.meta.url)))
const FED = [
  'partial-messages',
  'weatherlink-two-headers',
  'utf16-tabs',
  'long-interleaved',
  'header-again',
  'openmeteo-json',
  'thingspeak-pretty',
  'python-nan',
]

interface Page {
  readonly readings: readonly {
    readonly event_time: string
    readonly bridged?: boolean
    readonly values: Readonly<Record<string, number | null>>
  }[]
}

describe('feed cases', () => {
  it.each(cases.filter(({ name }) => FED.includes(name)))(
    'feed cases - $name: what comes on standard input is read as it is from a file',
    async ({ name, data, station, expected }) => {
      const server = startTickcast([
        ...[
          'start',
          '--live',
          '--station',
          station,
          '--port',
          '0',
          '--experts',
          'persistence',
          '--keep',
          files.path(name),
        ],
      ])
      const url = await server.address()
      const id = /^id: (.+)$/m.exec(await readFile(station, 'utf8'))![1]!
      const target = /^target: (.+)$/m.exec(await readFile(station, 'utf8'))![1]!
      const fed = await runShell(`feed --station ${id} --url ${url} < '${data}'`)
      expect(fed.code, fed.stderr).toBe(0)
      const readings = await until('the readings are on record', async () => {
        const page = (await (await fetch(`${url}/v1/stations/${id}/readings`)).json()) as Page
        const measured = page.readings.filter(
          ({ values, bridged }) =>
            bridged !== true && values[target] !== null && values[target] !== undefined,
        )
        return measured.length >= expected.size ? measured : undefined
      })
      const values = readings.map(({ event_time, values: at }) => [
        `${new Date(Math.floor((parseInstant(event_time) ?? 0) / 1000) * 1000).toISOString().slice(0, 19)}Z`,
        at[target],
      ])
      expect(Object.fromEntries(values)).toEqual(
        // JSON has no -0.
        Object.fromEntries([...expected].map(([at, value]) => [at, value + 0])),
      )
      await server.stop()
    },
  )

  it('feed cases - where not one row is taken the first reason of each kind is told, and the exit code is 2', async () => {
    const server = startTickcast(['start', '--live', '--port', '0', '--experts', 'persistence', '--no-keep'])
    const url = await server.address()
    const input =
      '{"event_time":"2020-01-01T00:00:00Z","T (degC)":451}\n{"event_time":"soon","T (degC)":4}\n{"x":1}\n'
    const { code, stdout, stderr } = await runTickcast(['feed', '--station', 'jena', '--url', url], { input })
    expect({ code, stdout }).toEqual({
      code: 2,
      stdout: 'jena: 0 ticks taken, 3 refused (1 malformed, 1 out_of_limits, 1 unknown_field)\n',
    })
    expect(stderr).toContain('standard input:2: event_time "soon" breaks the rule')
    expect(stderr).toContain('standard input:1: T (degC) 451 breaks the rule: -60..60 degC')
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^tickcast: standard input: none of 3 rows was taken by station 'jena'/,
    )
    await server.stop()
  })
})
