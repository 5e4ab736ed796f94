import { connect } from 'nats'
import { expect, it, onTestFinished } from 'vitest'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import type { ForecastMessage } from '../../src/protocol/forecast.ts'
import type { RejectedMessage } from '../../src/protocol/rejected.ts'
import { pond, pondMessage } from '../gateway/messages.ts'
import { busOn, forecasting } from '../support/forecasting.ts'
import { describeWithNats, startNatsServer } from '../support/nats-server.ts'
import { until } from '../support/until.ts'

const start = Math.floor(Date.now() / HOUR) * HOUR - 6 * HOUR
const at = (hour: number): string => formatInstant(start + hour * HOUR)
const values = { 'T (degC)': 8, humidity: 50 }

describeWithNats('outside, over NATS', () => {
  it('outside, over NATS - what anybody publishes on the tick subject is used or refused by name', async () => {
    const server = await startNatsServer()
    onTestFinished(() => server.remove())
    const outsider = await connect({ servers: server.url })
    onTestFinished(() => outsider.close())
    const { bus } = await busOn(server.url)
    const forecasts: ForecastMessage[] = []
    const rejected: RejectedMessage[] = []
    await bus.subscribe({ topic: 'forecast' }, ({ message }) => void forecasts.push(message))
    await bus.subscribe({ topic: 'rejected' }, ({ message }) => void rejected.push(message))
    await bus.publish('pond', 'station', { ...pondMessage, outside: [{ issuer: 'met' }] })
    await bus.flush()
    const host = await forecasting((await busOn(server.url)).bus)
    await until('the pond is taken up', () => host.stations.has(pond.id))
    const publish = (message: object) =>
      outsider.jetstream().publish('tickcast.v1.pond.tick', JSON.stringify(message))
    const leads = [1, 2, 3].map((lead_hours) => ({ lead_hours, mean: 9 + lead_hours }))
    const outside = { issuer: 'met', issued_at: at(0), available_at: at(0), leads }

    await publish({ event_time: at(0), values })
    await publish({ outside })
    await publish({ outside: { ...outside, issuer: 'who' } })
    await publish({ event_time: at(1), values })
    await until('it is forecast twice', () => forecasts.length === 2)
    expect(forecasts.map(({ models }) => models['outside_met']?.slice(0, 3))).toEqual([
      undefined,
      [11, 12, null],
    ])
    await until('one is refused', () => rejected.length === 1)
    expect(rejected).toMatchObject([{ field: 'outside.issuer', value: 'who', reason: 'unknown_field' }])
  })
})
