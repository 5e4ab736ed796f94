import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type FileCase, fileCases, readCase } from '../support/file-case.ts'
import { realData } from '../support/real-data.ts'
import { requirement } from '../support/requirement.ts'

/** Small files of sensor owners, each with the station file that users copy. */
const own = fileURLToPath(new URL('cases', import.meta.url))
const whole = realData('cases') ?? realData('../cases')

/**
 * What no file tells: of a counter the use before its first count, and in the hour in which it was set to zero; and that
 * a sensor is stuck.
 */
const UNTOLD: Readonly<Record<string, { readonly lacking?: number; readonly beside?: number }>> = {
  '11-meter-counter-overflow': { lacking: 2 },
  '12-stuck-sensor': { beside: 288 },
}

/** The example that stands in the project, where there is one: `01-NAME` or `NAME`. */
function withExample(each: FileCase): FileCase {
  const example = join(own, each.name.replace(/^\d+-/, ''), 'station.yaml')
  return existsSync(example) ? { ...each, station: example } : each
}

async function differences(each: FileCase) {
  const { values, refusal } = await readCase(each)
  const wrong = [...each.expected].filter(([at, value]) => {
    const read = values.get(at)
    return read !== undefined && Math.abs(read - value) > 1e-9 * Math.max(1, Math.abs(value))
  })
  return {
    refusal,
    wrong,
    lacking: [...each.expected.keys()].filter((at) => !values.has(at)).length,
    beside: [...values.keys()].filter((at) => !each.expected.has(at)).length,
  }
}

describe('cases', () => {
  it.each(fileCases(own))('cases - $name: every right value and no other', async (each) => {
    expect(each.expected.size).toBeGreaterThan(8)
    expect(await differences(each)).toEqual({ refusal: undefined, wrong: [], lacking: 0, beside: 0 })
  })
})

/** Files that can be read in two ways, or in none, each with the words with which it is refused. */
const refused = fileURLToPath(new URL('refused', import.meta.url))

describe('refused cases', () => {
  it.each(readdirSync(refused))('refused cases - %s: by name, with the way out', async (name) => {
    const folder = join(refused, name)
    const data = readdirSync(folder).find((file) => file.startsWith('data.'))!
    const { values, refusal } = await readCase({
      data: join(folder, data),
      station: join(folder, 'station.yaml'),
    })
    expect(values.size).toBe(0)
    expect(`${refusal?.replaceAll(`${folder}/`, '')}\n`).toBe(
      readFileSync(join(folder, 'refusal.txt'), 'utf8'),
    )
  })
})

requirement({
  name: 'cases',
  found: whole !== undefined,
  install: 'TICKCAST_TEST_DATA=<the folder that holds cases, or stands beside it> npm test',
  installable: false,
}).describe('cases, whole', () => {
  it.each(whole === undefined ? [] : fileCases(whole))(
    'cases - whole $name: with its example every right value and no other',
    async (each) => {
      const { lacking = 0, beside = 0 } = UNTOLD[each.name] ?? {}
      const found = await differences(withExample(each))
      // A file without an example may be one that must be told something: then the refusal names the key.
      if (withExample(each) === each && found.refusal !== undefined)
        expect(found.refusal).toMatch(/the station file must say|expected a time written as/)
      else expect(found).toEqual({ refusal: undefined, wrong: [], lacking, beside })
    },
  )

  it.each(whole === undefined ? [] : fileCases(whole))(
    'cases - whole $name: with the station file that stands beside it nothing is silently wrong',
    async (each) => {
      const found = await differences(each)
      if (found.refusal !== undefined)
        expect(found.refusal).toContain(basename(dirname(each.data)) && 'data.')
      else if (!(each.name in UNTOLD) && each.name !== '10-ds18b20-85') expect(found.wrong).toEqual([])
    },
  )
})
