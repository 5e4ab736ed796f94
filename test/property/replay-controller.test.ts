import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createReplayController } from '../../replay/replay-controller.ts'
import { simulatedTape } from '../../replay/simulated-station.ts'
import type { Tape } from '../../replay/tape.ts'
import { memoryBus } from '../../src/bus/memory.ts'
import { DAY, formatInstant, MINUTE } from '../../src/domain/instant.ts'
import type { TapeCommand } from '../../src/protocol/tape.ts'
import { leapingClock } from '../replay/leaping-clock.ts'

const FIRST = simulatedTape({ seed: 1 }).first
const ROWS = 3 * 144

const tape: Tape = {
  ...simulatedTape({ seed: 1 }),
  last: FIRST + 3 * DAY - 10 * MINUTE,
  async *rows({ from = FIRST } = {}) {
    for (let row = 0; row < ROWS; row++) {
      const eventTime = FIRST + row * 10 * MINUTE
      if (eventTime >= from) yield [{ place: `made:${row}`, eventTime, values: {} }]
    }
  },
}

/** Often near the start, so that places meet. */
const rows = fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: ROWS - 1 }))

const commands: fc.Arbitrary<TapeCommand | { readonly live: number }> = fc.oneof(
  fc.record({
    seek: rows.map((row) => formatInstant(FIRST + row * 10 * MINUTE)),
    forget: fc.constant(true as const),
  }),
  fc.record({ step: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ speed: fc.constantFrom<number | 'max'>(60, 3600, 1e6, 'max') }),
  fc.constantFrom<TapeCommand>({ pause: true }, { resume: true }, { loop: true }, { loop: false }),
  fc.record({ live: rows }),
)

test('replay controller - whatever buttons are pressed, a session only ever moves forward and never after live ticks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(commands, fc.nat({ max: 30 })), { maxLength: 12 }),
      async (presses) => {
        const wrong: string[] = []
        const bus = memoryBus({ onError: (error) => wrong.push(error.message) })
        let sessions = 0
        const controller = createReplayController({
          tape,
          bus,
          clock: leapingClock(),
          options: { speed: 3600, newSession: () => `s${++sessions}` },
        })
        const newest = new Map<string, string>()
        const announced = new Set<string>()
        await bus.subscribe(
          { topic: 'station' },
          ({ message }) => void announced.add(message.tape?.session ?? ''),
        )
        await bus.subscribe({ topic: 'tick' }, ({ message }) => {
          const session = message.replay?.session ?? ''
          if (session !== [...announced].at(-1)) wrong.push(`${session} is not the one announced last`)
          const seen = newest.get(session) ?? ''
          if (message.event_time <= seen) wrong.push(`${session}: ${message.event_time} after ${seen}`)
          newest.set(session, message.event_time)
        })
        await controller.announce()
        void controller.play()
        for (const [command, turns] of presses) {
          for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
          if ('live' in command) {
            const liveAt = FIRST + command.live * 10 * MINUTE
            const { session } = controller.state()
            controller.pauseBecause('live ticks arrived', liveAt)
            // What the pipeline has seen of this session by then, live ticks included, lies behind whatever follows.
            const seen = newest.get(session) ?? ''
            if (formatInstant(liveAt) > seen) newest.set(session, formatInstant(liveAt))
          } else expect(await controller.control(command)).toHaveProperty('result')
        }
        await controller.close()
        await bus.close()
        expect(wrong).toEqual([])
      },
    ),
    { numRuns: 150, timeout: 60_000 },
  )
})
