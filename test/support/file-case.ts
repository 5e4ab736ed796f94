import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openTape } from '../../replay/open-tape.ts'
import { type ReadRow, readRows } from '../../src/commands/read-rows.ts'
import { TickcastError } from '../../src/domain/errors.ts'
import { formatInstant } from '../../src/domain/instant.ts'
import { targetIndex } from '../../src/domain/station.ts'

/** A folder with a file of rows, its station file, and in expected.csv every right value of the target. */
export interface FileCase {
  readonly name: string
  readonly data: string
  readonly station: string
  /** By instant in UTC, to the second. */
  readonly expected: ReadonlyMap<string, number>
}

const OTHERS = /^(?:expected|fixed|station|notes|README)\b/i

export function fileCases(folder: string): readonly FileCase[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'expected.csv')))
    .map(({ name }) => {
      const files = readdirSync(join(folder, name)).filter((file) => !OTHERS.test(file))
      const [, ...lines] = readFileSync(join(folder, name, 'expected.csv'), 'utf8')
        .trim()
        .split('\n')
      const expected = lines.map((line): [string, number] => {
        const [instant = '', value = ''] = line.split(',')
        return [instant, Number(value)]
      })
      return {
        name,
        data: join(folder, name, files[0] ?? 'data.csv'),
        station: join(folder, name, 'station.yaml'),
        expected: new Map(expected),
      }
    })
}

/** What a file was read as: the target's values by instant, to the second, and what was refused; or the whole refusal. */
export interface ReadCase {
  readonly values: ReadonlyMap<string, number>
  readonly refused: readonly Extract<ReadRow, { kind: 'refused' }>[]
  readonly masked: readonly Extract<ReadRow, { kind: 'masked' }>[]
  readonly notes: readonly string[]
  readonly refusal: string | undefined
}

export async function readCase({
  data,
  station,
}: {
  readonly data: string | readonly string[]
  readonly station: string
}): Promise<ReadCase> {
  const values = new Map<string, number>()
  const refused: Extract<ReadRow, { kind: 'refused' }>[] = []
  const masked: Extract<ReadRow, { kind: 'masked' }>[] = []
  const notes: string[] = []
  const result = { values, refused, masked, notes }
  try {
    const tape = await openTape({ data, station, onNote: (note) => void notes.push(note) })
    notes.push(...tape.notes)
    const target = targetIndex(tape.station)
    for await (const batch of readRows(tape))
      for (const row of batch) {
        if (row.kind === 'refused') refused.push(row)
        if (row.kind === 'masked') masked.push(row)
        if (row.kind !== 'reading') continue
        const value = row.reading.values[target]!
        const second = formatInstant(Math.floor(row.reading.eventTime / 1000) * 1000)
        if (!Number.isNaN(value)) values.set(second, value)
      }
    return { ...result, refusal: undefined }
  } catch (error) {
    if (!(error instanceof TickcastError)) throw error
    return { ...result, refusal: error.message }
  }
}
