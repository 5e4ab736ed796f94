import { expect, test } from 'vitest'
import { withPlaybackTimes } from '../../replay/playback-times.ts'
import type { RawRow } from '../../src/ingest/raw-row.ts'

async function times(
  batches: readonly (readonly (number | undefined)[])[],
  start = 0,
  end?: number,
): Promise<number[]> {
  async function* rows(): AsyncGenerator<readonly RawRow[]> {
    for (const batch of batches)
      yield batch.map((eventTime) => ({ place: `${eventTime}`, eventTime, values: {} }))
  }
  const played: number[] = []
  const places: string[] = []
  for await (const batch of withPlaybackTimes(rows(), { start, ...(end !== undefined && { end }) }))
    for (const { at, row } of batch) {
      played.push(at)
      places.push(row.place)
    }
  expect(places).toEqual(batches.flat().map(String))
  return played
}

test('playback times - rows in order are played at their own times, however they are batched', async () => {
  expect(await times([[10, 20, 30, 40, 50, 60]])).toEqual([10, 20, 30, 40, 50, 60])
  expect(await times([[10], [], [20, 30], [40, 50], [60]])).toEqual([10, 20, 30, 40, 50, 60])
})

test('playback times - a stamp years ahead by mistake does not hold up the tape', async () => {
  expect(await times([[10, 20, 99_999, 40, 50, 60, 70]])).toEqual([10, 20, 40, 40, 50, 60, 70])
  expect(await times([[10, 20, 99_999], [40], [50, 60, 70]])).toEqual([10, 20, 40, 40, 50, 60, 70])
  expect(await times([[10, 20, 30, 99_999]], 0, 30)).toEqual([10, 20, 30, 30])
})

test('playback times - late rows and rows without a time are played with those around them, never back in time', async () => {
  expect(await times([[10, 30, 20, 40, 50, 60, 70]])).toEqual([10, 20, 20, 40, 50, 60, 70])
  expect(await times([[10, 20, 30, 40, 0, 50, 60, 70]])).toEqual([10, 10, 10, 10, 10, 50, 60, 70])
  expect(await times([[10, undefined, 30, 40]])).toEqual([10, 30, 30, 40])
  expect(await times([[undefined, undefined]], 7)).toEqual([7, 7])
})
