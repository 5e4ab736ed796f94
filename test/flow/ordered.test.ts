import { from, lastValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { type PipelineEvent, readingEvent } from '../../src/core/events.ts'
import { HOUR, MINUTE } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import { ordered } from '../../src/flow/ordered.ts'
import { stationOf } from '../forecast/series.ts'
import { modelOf } from './run-pipeline.ts'

const T0 = Date.UTC(2020, 0, 1)
const mark = (session: string) => ({ session, speed: 1, paused: false })

const read = (session: string, hour: number): PipelineEvent => {
  const eventTime = T0 + hour * HOUR
  const values = new Float64Array(1)
  const reading: Reading = { eventTime, ingestTime: eventTime, values, bridged: false, replay: mark(session) }
  return readingEvent(reading)
}
const refused = (session: string | undefined): PipelineEvent => ({
  kind: 'rejected',
  tick: '',
  eventTime: '',
  ingestTime: '',
  rejection: { field: 'row', value: '1 cells', rule: '15 cells', reason: 'malformed' },
  replay: session === undefined ? undefined : mark(session),
})

async function passed(events: readonly PipelineEvent[], lateness = 0): Promise<string[]> {
  const model = modelOf({ station: stationOf({ cadence: 10 * MINUTE }), lateness })
  const out = await lastValueFrom(from(events).pipe(ordered(model, model.initial()), toArray()))
  return out.map((event) => {
    if (event.kind === 'session') return `session ${event.session}`
    if (event.kind === 'reading') return `reading ${(event.reading.eventTime - T0) / HOUR}`
    return event.kind
  })
}

describe('ordered', () => {
  it('ordered - a session begins once, ahead of its first reading or of a first tick that was rejected', async () => {
    expect(await passed([read('a', 0), read('a', 1)])).toEqual(['session a', 'reading 0', 'reading 1'])
    expect(await passed([refused('a'), refused('a'), read('a', 0)])).toEqual([
      ...['session a', 'rejected', 'rejected'],
      'reading 0',
    ])
  })

  it('ordered - what was held of the session before comes ahead of a new one that begins with a rejected tick', async () => {
    expect(await passed([read('a', 5), read('a', 6), refused('b'), read('b', 1)], 2 * HOUR)).toEqual([
      ...['session a', 'reading 5', 'reading 6'],
      ...['session b', 'rejected', 'reading 1'],
    ])
  })

  it('ordered - a rejected live tick begins nothing', async () => {
    expect(await passed([read('a', 0), refused(undefined), read('a', 1)])).toEqual([
      ...['session a', 'reading 0', 'rejected', 'reading 1'],
    ])
  })
})
