import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseStation } from '../../src/ingest/station-file.ts'
import { askedOf } from '../../src/issuers/issuers.ts'

const document = readFileSync(new URL('../../docs/outside.md', import.meta.url), 'utf8')
const block = (kind: string): string => new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``).exec(document)?.[1] ?? ''

it('outside document - its issuers that are asked are a station file, and its automation publishes where the station listens', () => {
  const station = parseStation(
    `id: garden
time: { column: time, utc_offset: "+00:00" }
cadence: 1h
target: air
channels: [{ name: air, unit: degC, min: -40, max: 60 }]
${block('yaml asked')}`,
    'garden.yaml',
    { onNote: (note) => expect.fail(note) },
  )
  expect(askedOf(station).map(({ name, asked }) => [name, asked.kind])).toEqual([
    ['icon', 'open_meteo'],
    ['icon.wind', 'open_meteo'],
    ['home', 'home_assistant'],
    ['mine', 'json'],
  ])
  const { actions } = parse(block('yaml automation'))
  expect(actions[1].data.topic).toBe(/topic: (home\/\w+) }` in the station file/.exec(document)?.[1])
})
