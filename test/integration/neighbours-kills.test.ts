import { writeFile } from 'node:fs/promises'
import { connect } from 'nats'
import { expect, it } from 'vitest'
import { readAnyState } from '../../src/core/state-codec.ts'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import { temporaryFolder } from '../support/files.ts'
import { messageDifferences, stateDifferences } from '../support/kills/differences.ts'
import { deployment, killed } from '../support/kills/nats-tape.ts'
import { recordStreams } from '../support/kills/stream-record.ts'
import { describeWithNats, startNatsServer } from '../support/nats-server.ts'
import { freePort } from '../support/process.ts'
import { until } from '../support/until.ts'

const STATIONS = ['lake', 'pond'] as const
type StationId = (typeof STATIONS)[number]
const OTHER = { lake: 'pond', pond: 'lake' } as const

const HOURS = 26
/** What was told again after a kill is one more message, which changes nothing. */
const TOLD_AGAIN = ['position', 'ticks']
const start = Math.floor(Date.now() / HOUR) * HOUR - HOURS * HOUR
const at = (hour: number): string => formatInstant(start + hour * HOUR)
/** The pond is what the lake was three hours ago. */
const measured = (station: StationId, hour: number): number => {
  const when = station === 'lake' ? hour : hour - 3
  return 10 + 5 * Math.sin((when * Math.PI) / 12) + 2 * Math.sin(when / 7)
}
const files = temporaryFolder()

async function stationFile(id: StationId): Promise<string> {
  const path = files.path(`${id}.json`)
  const time = { column: 'time', format: 'iso', utc_offset: '+00:00' }
  const channels = [{ name: 't', unit: 'degC', min: -50, max: 50 }]
  await writeFile(
    path,
    JSON.stringify({ id, time, cadence: '1h', target: 't', channels, neighbours: [OTHER[id]] }),
  )
  return path
}

/** What two stations publish that inform each other, one hour after the other, in a process that is killed then. */
async function lived(kills: ReadonlyMap<number, readonly string[]>) {
  const nats = await startNatsServer()
  const record = await recordStreams(nats.url)
  const parts = deployment(nats.url, {
    start: [
      ...['--live', '--station', await stationFile('pond'), '--neighbour', await stationFile('lake')],
      ...['--experts', 'persistence,damped_anomaly,neighbours', '--port', String(await freePort())],
    ],
  })
  const sensor = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 })
  const publish = (station: StationId, hour: number) =>
    sensor
      .jetstream({ timeout: 2000 })
      .publish(
        `tickcast.v1.${station}.tick`,
        JSON.stringify({ event_time: at(hour), values: { t: measured(station, hour) } }),
      )
  const isIssued = (station: StationId, hour: number) =>
    record.forecasts.some(({ id }) => id === `${station}/${at(hour)}`)
  const isTold = (station: StationId, hour: number) =>
    record.ticks.some(({ neighbour }) => neighbour?.station === station && neighbour.event_time === at(hour))
  for (let hour = 0; hour < HOURS; hour++) {
    for (const station of STATIONS) {
      await until('the server takes it', () => publish(station, hour).catch(() => undefined))
      // It was acknowledged: how far it was worked off nobody knows.
      const victims = station === STATIONS[hour % 2] ? kills.get(hour) : undefined
      if (victims) await killed(victims, { parts, nats })
      await until('it is told', () => isTold(station, hour))
      await until('its forecast', () => isIssued(station, hour))
    }
  }
  await parts.stop('start')
  await record.complete()
  const { forecasts } = record
  const states = await Promise.all(
    STATIONS.map(async (id) => (await record.bus.states!.checkpoints(id))[0]!.state),
  )
  expect([...record.complaints, ...parts.said]).toEqual([])
  await sensor.close()
  await record.close()
  await nats.remove()
  return { forecasts, states }
}

describeWithNats('neighbours, killed over NATS', () => {
  it('neighbours, killed over NATS - two stations that inform each other say what two say that never stop', async () => {
    const kills = new Map([
      [11, ['start']],
      [20, ['nats', 'start']],
    ])
    const [was, is] = await Promise.all([lived(new Map()), lived(kills)])
    const compared = messageDifferences(is.forecasts, was.forecasts, {
      what: 'forecast',
      nameOf: ({ id = '' }) => id,
    })
    expect(compared).toEqual({ unequal: [], lost: 0, doubled: 0 })
    expect(is.forecasts).toHaveLength(2 * HOURS)
    for (const [place, state] of is.states.entries()) {
      expect(stateDifferences(state, was.states[place]!, { leftOut: TOLD_AGAIN })).toEqual([])
      const { neighbours } = readAnyState(state).state.ensemble
      expect(neighbours?.stations[OTHER[STATIONS[place]!]]?.readings).toBe(HOURS)
    }
  })
})
