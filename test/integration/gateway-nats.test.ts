import { expect, it, onTestFinished } from 'vitest'
import type { Bus } from '../../src/bus/bus.ts'
import { natsBus } from '../../src/bus/nats.ts'
import { postTicks } from '../../src/client/http.ts'
import { connect } from '../../src/client/node.ts'
import { startGateway } from '../../src/gateway/gateway.ts'
import type { TapeMessage } from '../../src/protocol/tape.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { forecastAt, pondMessage, pondWithTape } from '../gateway/messages.ts'
import { describeWithNats, startNatsServer } from '../support/nats-server.ts'

const tape: TapeMessage = {
  session: '01J0000000000000000000000S',
  speed: 3600,
  paused: true,
  loop: false,
  ended: false,
  position: null,
  first: null,
  last: null,
  rows: 0,
}

async function onBus(url: string): Promise<Bus> {
  const bus = await natsBus({
    url,
    onError: (error) => {
      throw error
    },
  })
  onTestFinished(() => bus.close())
  return bus
}

describeWithNats('gateway on NATS', () => {
  it('gateway on NATS - one that starts late knows the stations and the newest forecast, takes ticks and operates the tape', async () => {
    const server = await startNatsServer()
    onTestFinished(() => server.remove())
    const pipeline = await onBus(server.url)
    await pipeline.publish('pool', 'station', { ...pondMessage, id: 'pool' })
    await pipeline.publish('pond', 'station', pondWithTape)
    await pipeline.publish('pond', 'forecast', forecastAt(1))
    await pipeline.flush()
    const ticked = new Promise<TickMessage>((resolve) => {
      void pipeline.subscribe({ topic: 'tick' }, ({ message }) => resolve(message))
    })
    await pipeline.onControl('pond', async () => ({ result: tape }))

    const gateway = await startGateway({ bus: await onBus(server.url), host: '127.0.0.1', port: 0 })
    onTestFinished(() => gateway.close())
    const client = connect({ url: gateway.address })
    onTestFinished(() => client.close())
    await client.opened()
    const first = new Promise((resolve) => {
      const subscribed = (): void => {
        client.subscribe('pond', { forecast: resolve }, { onRefused: () => setTimeout(subscribed, 50) })
      }
      // The gateway may have been asked before NATS has told it of the station.
      subscribed()
    })
    expect(await first).toEqual(forecastAt(1))
    await postTicks('pool', { url: gateway.address, type: 'application/json', body: '{"T (degC)":3}' })
    expect((await ticked).values).toEqual({ 'T (degC)': 3 })
    expect(await client.tape({ state: true })).toEqual(tape)
  })
})
