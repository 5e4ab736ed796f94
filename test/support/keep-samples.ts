import type { TickMessage } from '../../src/protocol/tick.ts'
import type { Keep, KeptTick } from '../../src/store/keep.ts'

/** A tick that can be told from others by its id. */
export function tickOf(id: string | number): TickMessage {
  return {
    event_time: '2026-01-01T00:00:00Z',
    ingest_time: '2026-01-01T00:00:01Z',
    id: String(id),
    values: { T: 1.5 },
  }
}

/** A state that can be told from every other one, and found in a file. */
export function stateOf(position: number, bytes = 100_000): Uint8Array {
  const state = new Uint8Array(bytes)
  let word = position + 1
  for (let at = 0; at < bytes; at++) {
    word = (Math.imul(word, 1664525) + 1013904223) >>> 0
    state[at] = word >>> 24
  }
  return state
}

export async function journalled(keep: Keep, station: string, after = 0): Promise<KeptTick[]> {
  const ticks: KeptTick[] = []
  for await (const batch of keep.journal(station, after)) ticks.push(...batch)
  return ticks
}
