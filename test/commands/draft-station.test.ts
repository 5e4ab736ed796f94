import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { draftStation } from '../../src/commands/draft-station.ts'
import { draftTable } from '../../src/commands/draft-table.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { fileCases, readCase } from '../support/file-case.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = fileURLToPath(new URL('../ingest/cases', import.meta.url))
const cases = fileCases(folder)
const files = temporaryFolder()

it('draft station - of every case a station file is made that is one', async () => {
  expect(cases).toHaveLength(readdirSync(folder).length)
  for (const { name, data } of cases) {
    const { text } = draftStation(await draftTable(data), name)
    expect(parseStation(text, `${name}.yaml`), name).toMatchObject({ id: name })
  }
})

it.each([
  ['openmeteo-preamble', [/by whose clock/]],
  ['midnight-24', [/by whose clock/]],
  ['epoch-nanoseconds', []],
  ['weather-csv-papers', [/by whose clock/]],
] as const)(
  'draft station - %s: through its draft each row is a reading, and what it does not tell is asked',
  async (name, asked) => {
    const { data, expected } = cases.find((each) => each.name === name)!
    const { text, questions } = draftStation(await draftTable(data), name)
    expect(questions).toHaveLength(asked.length)
    asked.forEach((question, index) => void expect(questions[index]).toMatch(question))
    const { values, refusal } = await readCase({ data, station: await files.write(`${name}.yaml`, text) })
    expect(refusal).toBeUndefined()
    expect(values.size).toBe(expected.size)
  },
)

it('draft station - names stand over their units; several sensors, and a sign that can be either, are asked about', async () => {
  const named = (name: string) => cases.find((each) => each.name === name)!.data
  const creek = draftStation(await draftTable(named('usgs-rdb')), 'creek')
  expect(creek.text).toMatch(/column: "?77001_00065"?\n/)
  expect(draftStation(await draftTable(named('long-interleaved')), 'x').questions[0]).toMatch(
    /^entity_id names several/,
  )
  expect(draftStation(await draftTable(named('thousands-comma')), 'x').questions[0]).toContain(
    'decimal: comma or decimal: point',
  )
})
