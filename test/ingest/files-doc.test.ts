import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openTape } from '../../replay/open-tape.ts'
import { readRows } from '../../src/commands/read-rows.ts'
import { formatInstant } from '../../src/domain/instant.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { STATION_KEYS } from '../../src/ingest/station-schema.ts'
import { temporaryFolder } from '../support/files.ts'

const document = readFileSync(new URL('../../docs/files.md', import.meta.url), 'utf8')
const files = temporaryFolder()

/** The first block of this kind in a part of the document. */
function block(part: string, kind: string): string {
  return new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``).exec(part)?.[1] ?? ''
}

const examples = document
  .split(/^### /m)
  .slice(1)
  .map((part): [string, string] => [part.split('\n', 1)[0]!, part])

describe('files document', () => {
  it('files document - it names every key of a station file, and no other', () => {
    const keys = block(document, 'yaml keys')
    for (const key of Object.values(STATION_KEYS).flat())
      expect(keys, key).toMatch(new RegExp(`(?:^|[ {-])${key}:`, 'm'))
    // As a whole it is a station, but that a clock has either an offset or a zone.
    expect(parseStation(keys, 'keys.yaml', { onNote: (note) => expect.fail(note) })).toMatchObject({
      id: 'garden',
    })
  })

  it.each(examples)('files document - %s: the readings are those that it shows', async (title, part) => {
    const name = title.toLowerCase().replace(/\W+/g, '-')
    const data = await files.write(`${name}.txt`, block(part, 'text data'))
    const station = await files.write(`${name}.yaml`, block(part, 'yaml'))
    const tape = await openTape({ data, station })
    const names = tape.station.channels.map((channel) => channel.name)
    let readings = ''
    for await (const batch of readRows(tape))
      for (const row of batch) {
        if (row.kind !== 'reading') continue
        const { eventTime, values } = row.reading
        const cells = names.map((channel, index) => [
          channel,
          Number.isNaN(values[index]) ? null : values[index],
        ])
        readings += `${JSON.stringify({ event_time: formatInstant(eventTime), values: Object.fromEntries(cells) })}\n`
      }
    expect(readings.split('\n').length).toBeGreaterThan(2)
    expect(block(part, 'json readings')).toBe(readings)
  })
})
