import { openKeep } from '../../src/store/keep.ts'
import { stateOf, tickOf } from './keep-samples.ts'

/*
 * A process that keeps a station until it is killed: `node keep-child.ts FOLDER MODE`. It says on its output what was
 * acknowledged, a line each: `tick POSITION ID`, `checkpoint POSITION`. Mode `hold` opens the folder and no more.
 */

const [folder = '', mode = ''] = process.argv.slice(2)
/** Ticks under way at once. */
const WIDTH = 20
const CHECKPOINT_EVERY = 100
const STATE_BYTES = 300_000

const say = (line: string): boolean => process.stdout.write(`${line}\n`)

try {
  const keep = await openKeep(folder)
  say('open')
  if (mode === 'write') {
    let checkpointing: Promise<void> | undefined
    for (let id = 0; ; id += WIDTH) {
      const positions = await Promise.all(
        Array.from({ length: WIDTH }, async (_, index) => {
          const position = await keep.append('a', tickOf(`${process.pid}-${id + index}`))
          say(`tick ${position} ${process.pid}-${id + index}`)
          return position
        }),
      )
      if (id % CHECKPOINT_EVERY !== 0) continue
      // Ticks go on while the checkpoint is written.
      await checkpointing
      const position = positions.at(-1)!
      const record = { what: 'forecast', session: '', eventTime: position, message: { position } } as const
      checkpointing = keep
        .checkpoint('a', {
          position,
          eventTime: position,
          state: stateOf(position, STATE_BYTES),
          records: [record],
        })
        .then(() => void say(`checkpoint ${position}`))
    }
  }
  setInterval(() => undefined, 60_000)
} catch (error) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  say(`refused ${code} ${error instanceof Error ? error.message : error}`)
}
