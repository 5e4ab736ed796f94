import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stationKeeper } from '../../src/app/station-keeper.ts'
import { type Keep, openKeep } from '../../src/store/keep.ts'

async function kept() {
  const folder = mkdtempSync(join(tmpdir(), 'tickcast-keeper-'))
  const keep = await openKeep(folder)
  onTestFinished(async () => {
    await keep.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return keep
}

function keeperOf(keep: Keep) {
  const errors: string[] = []
  const keeper = stationKeeper({
    states: keep,
    record: keep,
    station: 'pond',
    description: {},
    onError: ({ message }) => errors.push(message),
  })
  const publish = (eventTime: number) =>
    keeper.keep('reading', { session: 'live', eventTime, message: { eventTime } })
  return { keeper, publish, errors }
}

const timesIn = async (keep: Keep) =>
  (await keep.records('pond', 'reading', { limit: 100 })).map(({ eventTime }) => eventTime)

describe('station keeper', () => {
  it('station keeper - what was published is on the disk without a checkpoint', async () => {
    const keep = await kept()
    const { keeper, publish } = keeperOf(keep)
    for (const time of [1, 2]) publish(time)
    await keeper.recorded()
    expect(await timesIn(keep)).toEqual([1, 2])
    publish(3)
    await expect.poll(() => timesIn(keep)).toEqual([1, 2, 3])
    expect(await keep.checkpoints('pond')).toEqual([])
  })

  it('station keeper - what the disk would not take is told once, and written with the next', async () => {
    const keep = await kept()
    let full = true
    const { keeper, publish, errors } = keeperOf({
      ...keep,
      record: (station, records) =>
        full ? Promise.reject(new Error('the disk is full')) : keep.record(station, records),
    })
    for (const time of [1, 2]) {
      publish(time)
      await keeper.recorded()
    }
    expect(errors).toEqual(['the record of pond is not kept: the disk is full'])
    full = false
    publish(3)
    await keeper.recorded()
    expect(await timesIn(keep)).toEqual([1, 2, 3])
  })
})
