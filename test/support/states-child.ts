import { connectNats } from '../../src/bus/nats-connection.ts'
import { natsStates } from '../../src/bus/nats-states.ts'
import { stateOf } from './keep-samples.ts'

/*
 * A process that checkpoints a station on NATS until it is killed: `node states-child.ts URL FROM BYTES`. It says on its
 * output what it begins and what is kept, a line each: `begin POSITION`, `kept POSITION`.
 */

const [url = '', from = '', bytes = ''] = process.argv.slice(2)

const states = natsStates(await connectNats(url, 'tickcast test'), {
  onDamage: ({ message }) => process.stdout.write(`damage ${message}\n`),
})
for (let position = Number(from); ; position++) {
  const state = stateOf(position, Number(bytes))
  process.stdout.write(`begin ${position}\n`)
  await states.checkpoint('a', { position, eventTime: position, state, records: [] })
  process.stdout.write(`kept ${position}\n`)
}
