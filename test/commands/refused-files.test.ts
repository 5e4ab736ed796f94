import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/files.ts'
import { JENA_HEADER, jenaFile } from '../support/jena-file.ts'
import { refusal } from './refusal.ts'

const files = temporaryFolder()

describe('refused files - the file', () => {
  it('refused files - a file that is missing', async () => {
    const path = files.path('nowhere.csv')
    expect(await refusal(['run', '--data', path])).toBe(`tickcast: ${path}: there is no such file\n`)
  })

  it('refused files - a folder in place of a file', async () => {
    const path = files.path('')
    expect(await refusal(['run', '--data', path])).toContain(`${path}: it is a folder; expected a file`)
  })

  it('refused files - an empty file', async () => {
    const path = await files.write('empty.csv', '')
    expect(await refusal(['run', '--data', path])).toContain(
      `${path}: it is empty; expected a header and rows`,
    )
  })

  it('refused files - a header and nothing under it', async () => {
    const path = await files.write('header.csv', `${JENA_HEADER}\n`)
    expect(await refusal(['run', '--data', path])).toContain(`${path}: a header and no rows`)
  })

  it('refused files - columns of another file: what was found, what is expected, what helps', async () => {
    const path = await files.write('other.csv', 'when,what,where\n1,2,3\n')
    const line = await refusal(['run', '--data', path])
    expect(line).toContain("other.csv:1: no time column 'Date Time'; found 'when', 'what', 'where'")
    expect(line).toContain('describe another station with --station FILE')
  })

  it('refused files - no target among the columns', async () => {
    const path = await files.write('no-target.csv', '"Date Time","p (mbar)"\n01.01.2015 00:10:00,990.0\n')
    expect(await refusal(['run', '--data', path])).toContain("no-target.csv:1: no target column 'T (degC)'")
  })

  it('refused files - no row with a readable time: the first one is shown', async () => {
    const path = await files.write('times.csv', '"Date Time","T (degC)"\nyesterday,1.0\ntoday,2.0\n')
    const line = await refusal(['run', '--data', path])
    expect(line).toContain("times.csv:2: Date Time is 'yesterday'; expected a time written as")
  })

  it('refused files - a file whose later half comes first: of the other none of its rows would be taken', async () => {
    const [header, ...rows] = jenaFile({ days: 3 }).trim().split('\n')
    const swapped = [header, ...rows.slice(216), ...rows.slice(0, 216)]
    const path = await files.write('swapped.csv', `${swapped.join('\n')}\n`)
    expect(await refusal(['run', '--data', path])).toMatch(
      /swapped\.csv: it begins at 2015-01-02T.* and ends at 2015-01-02T.*; expected the oldest row first, or order/,
    )
  })

  it('refused files - a .gz that is cut off, before anything is played', async () => {
    const whole = gzipSync(jenaFile({ days: 20 }))
    const path = await files.write('cut.csv.gz', whole.subarray(0, whole.length >> 1))
    expect(await refusal(['run', '--data', path])).toContain(`${path}: it is cut off`)
  })

  it('refused files - a .zip that is cut off', async () => {
    const whole = await readFile(
      await files.zip('whole.zip', { name: 'jena.csv', content: jenaFile({ days: 20 }) }),
    )
    const path = await files.write('cut.zip', whole.subarray(0, whole.length >> 1))
    expect(await refusal(['run', '--data', path])).toContain(`${path}: it is cut off`)
  })

  it('refused files - a .zip with no table in it', async () => {
    const path = await files.zip('photos.zip', { name: 'cat.jpg', content: 'miaow' })
    expect(await refusal(['run', '--data', path])).toContain(`${path}: no .csv file in it; found 'cat.jpg'`)
  })

  it('refused files - a file that only calls itself packed', async () => {
    const path = await files.write('plain.csv.gz', jenaFile({ days: 1 }))
    expect(await refusal(['run', '--data', path])).toContain(`${path}: its bytes are neither gzip nor zip`)
  })
})

describe('refused files - the station file', () => {
  const station = `id: pond
time: { column: when, format: iso, utc_offset: "+00:00" }
cadence: 10m
target: water
channels:
  - { column: water, unit: degC, min: -5, max: 40 }
`

  const refused = async (name: string, content: string): Promise<string> => {
    const data = await files.write('pond.csv', 'when,water\n2020-01-01T00:00:00Z,4.5\n')
    return refusal(['run', '--data', data, '--station', await files.write(name, content)])
  }

  it('refused files - a station file that is missing', async () => {
    const data = await files.write('pond.csv', 'when,water\n2020-01-01T00:00:00Z,4.5\n')
    const path = files.path('nobody.yaml')
    expect(await refusal(['run', '--data', data, '--station', path])).toContain(path)
    expect(await refusal(['start', '--live', '--station', path])).toContain(path)
  })

  it('refused files - a station file that is no YAML: line and column', async () => {
    expect(await refused('syntax.yaml', `${station}  - { column: "air }\n`)).toMatch(
      /syntax\.yaml:\d+:\d+: no YAML or JSON/,
    )
  })

  it('refused files - a target that is no channel', async () => {
    expect(await refused('target.yaml', station.replace('target: water', 'target: air'))).toContain(
      'target.yaml: target: it is "air"; expected the name of one of the channels: water',
    )
  })

  it('refused files - a station file without a target', async () => {
    expect(await refused('no-target.yaml', station.replace('target: water\n', ''))).toContain(
      'no-target.yaml: target: it is missing',
    )
  })

  it('refused files - a key with a slip in it', async () => {
    expect(await refused('key.yaml', `${station}misssing: [x]\n`)).toContain("did you mean 'missing'?")
  })
})
