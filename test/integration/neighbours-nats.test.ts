import { connect } from 'nats'
import { expect, it, onTestFinished } from 'vitest'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import type { RejectedMessage } from '../../src/protocol/rejected.ts'
import { pondMessage } from '../gateway/messages.ts'
import { busOn, forecasting } from '../support/forecasting.ts'
import { describeWithNats, startNatsServer } from '../support/nats-server.ts'
import { until } from '../support/until.ts'

const start = Math.floor(Date.now() / HOUR) * HOUR - 6 * HOUR
const at = (hour: number): string => formatInstant(start + hour * HOUR)
const values = { 'T (degC)': 8, humidity: 50 }

describeWithNats('neighbours, over NATS', () => {
  it('neighbours, over NATS - stations of one server inform each other, and others may inform them', async () => {
    const server = await startNatsServer()
    onTestFinished(() => server.remove())
    const outsider = await connect({ servers: server.url })
    onTestFinished(() => outsider.close())
    const { bus } = await busOn(server.url)
    const rejected: RejectedMessage[] = []
    await bus.subscribe({ topic: 'rejected' }, ({ message }) => void rejected.push(message))
    await bus.publish('pond', 'station', { ...pondMessage, neighbours: ['lake', 'buoy'] })
    await bus.publish('lake', 'station', { ...pondMessage, id: 'lake', neighbours: 'auto' })
    await bus.flush()
    const host = await forecasting((await busOn(server.url)).bus)
    await until('both are taken up', () => host.stations.size === 2)
    const publish = (station: string, message: object) =>
      outsider.jetstream().publish(`tickcast.v1.${station}.tick`, JSON.stringify(message))
    const toldOf = (station: string) => host.stations.get(station)?.status().neighbours

    await publish('pond', { event_time: at(0), values })
    await publish('lake', { event_time: at(0), values })
    await publish('lake', { event_time: at(1), values })
    await publish('pond', { neighbour: { station: 'buoy', event_time: at(1), value: 7.5, pressure: 1010 } })
    await publish('pond', { neighbour: { station: 'who', event_time: at(1), value: 7.5 } })
    await until('all are told', () => Object.keys(toldOf('pond') ?? {}).length === 2)
    await until('the newest, too', () => toldOf('pond')?.['lake']?.readings === 2)
    await until('each other', () => toldOf('lake')?.['pond']?.readings === 1)
    expect(toldOf('pond')).toMatchObject({
      lake: { newest: at(1), models: ['lake_neighbour', 'lake_neighbour_random'] },
      buoy: { readings: 1, newest: at(1) },
    })
    expect(toldOf('lake')).toMatchObject({ pond: { newest: at(0), lag_hours: null, models: [] } })
    await until('one is refused', () => rejected.length === 1)
    expect(rejected).toMatchObject([{ field: 'neighbour.station', value: 'who', reason: 'unknown_field' }])
  })
})
