/*
 * Loaded into a server by `--import`: how long each turn of its event loop had a processor, and how long it waited for
 * one, by the scheduler's own counters (Linux). What a turn takes of the processor is ours; what it waits for is the
 * machine's, and its threads'. Counting begins with SIGUSR2 and ends with the next one, which writes the longest to the
 * file that TURN_TIMES names. It never sleeps while it counts.
 */
import { openSync, readSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env.TURN_TIMES
if (isMainThread && file !== undefined) {
  const counters = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r')
  const buffer = Buffer.alloc(64)
  /** Milliseconds that the main thread has run, and that it was ready to run and did not. */
  const times = () => {
    const [ran, waited] = buffer.toString('latin1', 0, readSync(counters, buffer, 0, 64, 0)).split(' ')
    return { ran: ran / 1e6, waited: waited / 1e6 }
  }
  let counting = false
  let before = times()
  const most = { turns: 0, ran: 0, ranAndWaited: 0 }
  const turn = () => {
    const now = times()
    const [ran, waited] = [now.ran - before.ran, now.waited - before.waited]
    most.turns++
    most.ran = Math.max(most.ran, ran)
    most.ranAndWaited = Math.max(most.ranAndWaited, ran + waited)
    before = now
    if (counting) setImmediate(turn)
    else writeFileSync(file, JSON.stringify(most))
  }
  process.on('SIGUSR2', () => {
    counting = !counting
    if (!counting) return
    before = times()
    setImmediate(turn)
  })
}
