import { expect, it } from 'vitest'
import { openTape } from '../../../replay/open-tape.ts'
import type { PipelineEvent } from '../../../src/core/events.ts'
import { formatInstant } from '../../../src/domain/instant.ts'
import type { HealthSetting } from '../../../src/domain/station.ts'
import { tickOf } from '../../../src/ingest/raw-row.ts'
import type { TickMessage } from '../../../src/protocol/tick.ts'
import { forecastersOf } from '../../experts/created.ts'
import { eventsOf, modelOf } from '../../flow/run-pipeline.ts'
import { fileCases } from '../../support/file-case.ts'
import { realData } from '../../support/real-data.ts'
import { requirement } from '../../support/requirement.ts'

const folder = realData('cases') ?? realData('../cases')

/** What a pipeline makes of a file, with least squares as its forecaster. */
async function eventsOfCase(
  { data, station: described }: { readonly data: string; readonly station: string },
  health?: HealthSetting,
): Promise<readonly PipelineEvent[]> {
  const tape = await openTape({ data, station: described })
  const station = { ...tape.station, ...(health && { health }) }
  const ticks: TickMessage[] = []
  for await (const batch of tape.rows())
    for (const row of batch) ticks.push(tickOf(row, { run: 'test', ingestTime: row.eventTime ?? 0 }))
  const model = modelOf({ station, experts: forecastersOf(station, { names: ['persistence', 'rls'] }) })
  return eventsOf(model, ticks)
}

/** The target's measurements by instant, as far as they count as such. */
function measuredIn(events: readonly PipelineEvent[]): Map<string, number> {
  const measured = new Map<string, number>()
  for (const event of events) {
    if (event.kind !== 'reading' || event.reading.bridged || event.reading.flagged) continue
    measured.set(formatInstant(event.reading.eventTime), event.reading.values[0]!)
  }
  return measured
}

requirement({
  name: 'cases',
  found: folder !== undefined,
  install: 'TICKCAST_TEST_DATA=<the folder that holds cases, or stands beside it> npm test',
  installable: false,
}).describe('sensor health, cases', () => {
  const cases = folder === undefined ? [] : fileCases(folder)
  const named = (...names: readonly string[]) => cases.filter(({ name }) => names.includes(name))

  it.each(named('12-stuck-sensor', '10-ds18b20-85'))(
    'sensor health - of $name every right value is a measurement and no other',
    async (each) => {
      const measured = measuredIn(await eventsOfCase(each))
      expect(Object.fromEntries(measured)).toEqual(Object.fromEntries(each.expected))
      expect(measuredIn(await eventsOfCase(each, 'off')).size).toBeGreaterThan(measured.size)
    },
  )
})
