import { connect } from 'nats'
import { expect, it } from 'vitest'
import { formatInstant, HOUR, MINUTE } from '../../src/domain/instant.ts'
import { collectMessages } from '../support/collect-messages.ts'
import { temporaryFolder } from '../support/files.ts'
import { describeWithNats, startNatsServer } from '../support/nats-server.ts'
import { startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const CADENCE = 10 * MINUTE
const START = Math.floor(Date.now() / CADENCE) * CADENCE - 2 * HOUR

const STATION = `id: shed
time: { column: time, utc_offset: "+00:00" }
cadence: 10m
target: temp
channels:
  - { name: hum, unit: "%", min: 0, max: 100 }
  - { name: temp, unit: degC, min: -40, max: 60 }
`

/** Two messages of each moment, as devices send them that have one for each quantity. */
const parts = [0, 1, 2].flatMap((turn) => {
  const time = formatInstant(START + turn * CADENCE)
  return [
    { time, hum: 50 + turn },
    { time, temp: 20 + turn },
  ]
})
const whole = [0, 1, 2].map((turn) => ({
  event_time: formatInstant(START + turn * CADENCE),
  values: { hum: 50 + turn, temp: 20 + turn },
}))

describeWithNats('first moment', () => {
  it.each(['HTTP', 'NATS'])(
    'first moment - in two messages over %s it is one reading with both, as all later ones are',
    async (way) => {
      const nats = await startNatsServer()
      const station = await files.write(`${way}.yaml`, STATION)
      const server = startTickcast([
        ...['start', '--live', '--station', station, '--port', '0', '--no-network', '--no-keep'],
        ...(way === 'NATS' ? ['--nats', nats.url] : []),
      ])
      try {
        const url = await server.address()
        const received = await collectMessages(url, 'shed')
        const client = await connect({ servers: nats.url })
        for (const [index, part] of parts.entries()) {
          if (way === 'NATS') client.publish('tickcast.v1.shed.tick', JSON.stringify(part))
          else {
            const reply = await fetch(`${url}/v1/stations/shed/ticks`, {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(part),
            })
            expect(reply.status).toBe(202)
          }
          // The first part is shown at once, and not held until the second comes.
          if (index === 0)
            expect(await received.reading(part.time)).toMatchObject({ values: { hum: 50, temp: null } })
        }
        await until('the last reading', () => received.readings.at(-1)?.event_time === whole[2]?.event_time)
        expect(received.readings.slice(1)).toMatchObject(whole)
        const history = await fetch(`${url}/v1/stations/shed/history?hours=72`)
        expect(await history.json()).toMatchObject({
          readings: whole.map(({ event_time, values: { temp } }) => ({ event_time, value: temp })),
        })
        const status = await until('a status', () =>
          received.statuses.findLast(({ intake }) => intake.rows === 3),
        )
        expect(status.intake).toMatchObject({ readings: 3, rejected: 0 })
        await client.close()
      } finally {
        await server.stop()
        await nats.remove()
      }
    },
  )
})
