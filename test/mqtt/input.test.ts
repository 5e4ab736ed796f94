import { expect, it } from 'vitest'
import { memoryBus } from '../../src/bus/memory.ts'
import { formatInstant, MINUTE } from '../../src/domain/instant.ts'
import { openMqttInput } from '../../src/mqtt/input.ts'
import { mqttTopics } from '../../src/mqtt/topics.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { noon, pond, pondMessage } from '../gateway/messages.ts'

it('mqtt - messages of two sensors on the topic of one station are refused with the key that says which is meant', async () => {
  const bus = memoryBus({ onError: (error) => expect.fail(error.message) })
  const ticks: TickMessage[] = []
  await bus.publish('pond', 'station', pondMessage)
  await bus.subscribe({ station: 'pond', topic: 'tick' }, ({ message }) => void ticks.push(message))
  const topics = mqttTopics('tickcast')
  const input = await openMqttInput({
    ...{ bus, topics, now: () => noon, onFilters: () => undefined, onNote: () => undefined },
  })
  for (let turn = 0; turn < 4; turn++) {
    // Announced again, as at each start of a forecaster: who has sent stays known.
    await bus.publish('pond', 'station', pondMessage)
    const time = formatInstant(noon - (20 - 5 * turn) * MINUTE)
    const tick = { time, dev_eui: turn % 2 === 0 ? 'a' : 'b', 'T (degC)': turn, 'rh (%)': 40 + turn }
    const payload = Buffer.from(JSON.stringify(tick))
    await input.take({ topic: topics.tick(pond.id), payload, retained: false })
  }
  await input.close()
  await bus.close()
  expect(ticks.map(({ malformed }) => malformed?.value)).toEqual([undefined, undefined, 'a', 'b'])
  expect(ticks[3]?.malformed).toMatchObject({
    field: 'dev_eui',
    rule: expect.stringContaining("dev_eui is 'a', 'b'; the station file must say whose are meant"),
  })
})
