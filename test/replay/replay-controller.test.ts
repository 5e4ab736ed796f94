import { afterEach, expect, test } from 'vitest'
import { createReplayController, type ReplayController } from '../../replay/replay-controller.ts'
import type { ReplayOptions } from '../../replay/replay-options.ts'
import { simulatedStation } from '../../replay/simulated-station.ts'
import type { Tape } from '../../replay/tape.ts'
import type { Bus } from '../../src/bus/bus.ts'
import { memoryBus } from '../../src/bus/memory.ts'
import type { Clock } from '../../src/domain/clock.ts'
import { TickcastError } from '../../src/domain/errors.ts'
import { formatInstant, HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import type { StationMessage } from '../../src/protocol/station-message.ts'
import type { TapeCommand, TapeMessage } from '../../src/protocol/tape.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { leapingClock } from './leaping-clock.ts'

const T0 = Date.UTC(2020, 0, 1)
const ROWS = 60
const at = (row: number) => formatInstant(T0 + row * 10 * MINUTE)

/** A tape of ten hours, a row every ten minutes, with its row number as temperature. */
function madeTape({ rows: count = ROWS, breaksAt = Number.POSITIVE_INFINITY, first = T0 } = {}): Tape {
  return {
    station: { ...simulatedStation, id: 'made', simulated: false },
    source: 'replay',
    name: 'made.csv',
    first,
    last: first + (count - 1) * 10 * MINUTE,
    notes: [],
    async *rows({ from = first } = {}) {
      for (let row = 0; row < count; row += 4) {
        const batch = [row, row + 1, row + 2, row + 3].map((number) => ({
          place: `made.csv:${number + 2}`,
          eventTime: first + number * 10 * MINUTE,
          values: { 'T (degC)': number },
        }))
        if (row >= breaksAt) throw new TickcastError('bad_file', 'made.csv: it is cut off')
        yield batch.filter(({ eventTime }) => eventTime >= from)
      }
    },
  }
}

interface Heard {
  readonly tick: TickMessage
  readonly wall: Instant
}

const open: { controller: ReplayController; bus: Bus }[] = []
afterEach(async () => {
  for (const { controller, bus } of open.splice(0)) {
    await controller.close()
    await bus.close()
  }
})

function played(
  options: ReplayOptions = {},
  { tape = madeTape(), bus, clock = leapingClock() as Clock }: { tape?: Tape; bus?: Bus; clock?: Clock } = {},
) {
  const onBus = bus ?? memoryBus({ onError: (error) => expect.fail(error.message) })
  let sessions = 0
  const controller = createReplayController({
    tape,
    bus: onBus,
    clock,
    options: { newSession: () => `s${++sessions}`, ...options },
  })
  open.push({ controller, bus: onBus })
  const heard: Heard[] = []
  const stations: StationMessage[] = []
  const states: TapeMessage[] = []
  controller.state$.subscribe((state) => states.push(state))
  const ready = Promise.all([
    onBus.subscribe(
      { topic: 'tick' },
      ({ message }) => void heard.push({ tick: message, wall: clock.now() }),
    ),
    onBus.subscribe({ topic: 'station' }, ({ message }) => void stations.push(message)),
  ])
  const press = async (command: TapeCommand): Promise<TapeMessage> => {
    const reply = await onBus.control('made', command)
    return 'result' in reply ? reply.result : expect.fail(reply.error.message)
  }
  const start = async () => {
    await ready
    await controller.announce()
    void controller.play()
  }
  const numbers = (session?: string) =>
    heard
      .filter(({ tick }) => !session || tick.replay?.session === session)
      .map(({ tick }) => tick.values['T (degC)'])
  /** Until the controller says so. */
  const reaches = (found: (state: TapeMessage) => boolean) =>
    new Promise<void>((resolve) => {
      controller.state$.subscribe((state) => found(state) && resolve())
    })
  return { controller, bus: onBus, clock, heard, stations, states, press, start, numbers, reaches }
}

const upTo = (count: number, from = 0) => Array.from({ length: count - from }, (_, index) => index + from)

test('replay controller - steps asked for all at once are each taken, and Node has nothing to warn of', async () => {
  const warnings: string[] = []
  const heed = ({ message }: Error) => void warnings.push(message)
  process.on('warning', heed)
  const { press, start, numbers } = played({ paused: true })
  await start()
  const replies = await Promise.all(upTo(20).map(() => press({ step: 1 })))
  expect(replies.map(({ rows }) => rows)).toEqual(upTo(20).map(() => 20))
  expect(numbers()).toEqual(upTo(20))
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', heed)
  expect(warnings).toEqual([])
})

test('replay controller - the station is announced with the tape before the first tick, and every row travels marked', async () => {
  const { controller, heard, stations, start, numbers } = played()
  await start()
  expect(await controller.finished).toEqual({ rows: ROWS, session: 's1' })
  expect(stations).toEqual([
    expect.objectContaining({
      id: 'made',
      source: 'replay',
      tape: { session: 's1', first: at(0), last: at(ROWS - 1) },
    }),
  ])
  expect(numbers()).toEqual(upTo(ROWS))
  expect(heard[3]?.tick).toMatchObject({
    event_time: at(3),
    id: 's1/made.csv:5',
    replay: { session: 's1', speed: 'max', paused: false },
  })
  expect(new Set(heard.map(({ tick }) => tick.id)).size).toBe(ROWS)
  expect(controller.state()).toMatchObject({ ended: true, position: at(ROWS - 1), rows: ROWS })
})

test('replay controller - at a speed every row comes at its time', async () => {
  const { controller, heard, start } = played({ speed: 600 })
  await start()
  await controller.finished
  expect(heard.map(({ wall }) => wall)).toEqual(upTo(ROWS).map((row) => row * 1000))
  expect(heard[0]?.tick.replay?.speed).toBe(600)
})

test('replay controller - from, until and lead-in: what is played, and how much of it at once', async () => {
  const { controller, heard, start, numbers } = played({
    speed: 600,
    from: T0 + HOUR,
    until: T0 + 3 * HOUR,
    leadIn: HOUR,
  })
  await start()
  expect((await controller.finished).rows).toBe(12)
  expect(numbers()).toEqual(upTo(18, 6))
  expect(heard.map(({ wall }) => wall / 1000)).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6])
  expect(heard.map(({ tick }) => tick.replay?.speed)).toEqual([
    ...Array(6).fill('max'),
    ...Array(6).fill(600),
  ])
})

test('replay controller - a span outside the tape is rejected at once', () => {
  expect(() => played({ from: T0 - 1 })).toThrow(
    /--from 2019-12-31T23:59:59.999Z: outside the tape, 2020-01-01/,
  )
  expect(() => played({ from: T0 + HOUR, until: T0 + HOUR })).toThrow(/--until/)
})

test('replay controller - paused it waits, a step plays as many as asked and says where it is, resume goes on', async () => {
  const { controller, heard, start, press, numbers } = played({ paused: true })
  await start()
  expect(await press({ state: true })).toMatchObject({ paused: true, position: null, rows: 0 })
  expect(await press({ step: 3 })).toMatchObject({ paused: true, position: at(2), rows: 3 })
  expect(await press({ step: 1 })).toMatchObject({ position: at(3), rows: 4 })
  expect(numbers()).toEqual([0, 1, 2, 3])
  expect(heard.every(({ tick }) => tick.replay?.paused)).toBe(true)
  expect(await press({ resume: true })).toMatchObject({ paused: false })
  await controller.finished
  expect(numbers()).toEqual(upTo(ROWS))
  expect(heard.at(-1)?.tick.replay?.paused).toBe(false)
})

test('replay controller - a step beyond the end stops at the end', async () => {
  const { start, press } = played({ paused: true })
  await start()
  expect(await press({ step: 10_000 })).toMatchObject({ ended: true, rows: ROWS })
  expect(await press({ step: 1 })).toMatchObject({ ended: true, rows: ROWS })
})

test('replay controller - a seek forward stays in the session', async () => {
  const { start, press, numbers, stations } = played({ paused: true })
  await start()
  await press({ step: 2 })
  expect(await press({ seek: at(30) })).toMatchObject({ session: 's1', position: at(30), paused: true })
  expect(await press({ step: 2 })).toMatchObject({ session: 's1', position: at(31), rows: 4 })
  expect(numbers()).toEqual([0, 1, 30, 31])
  expect(stations).toHaveLength(1)
})

test('replay controller - a seek backward, or to the very row played last, begins a new session, announced before its ticks', async () => {
  for (const [target, row] of [
    [at(10), 10],
    [at(20), 20],
  ] as const) {
    const { bus, start, press } = played({ paused: true })
    const order: string[] = []
    await bus.subscribe(
      { topic: 'station' },
      ({ message }) => void order.push(`station ${message.tape?.session}`),
    )
    await bus.subscribe(
      { topic: 'tick' },
      ({ message }) => void order.push(`${message.replay?.session} ${message.values['T (degC)']}`),
    )
    await start()
    await press({ seek: at(20) })
    await press({ step: 1 })
    expect(await bus.control('made', { seek: target })).toMatchObject({ error: { code: 'would_forget' } })
    expect(await press({ seek: target, forget: true })).toMatchObject({
      session: 's2',
      rows: 0,
      position: target,
    })
    await press({ step: 1 })
    expect(order).toEqual(['station s1', 's1 20', 'station s2', `s2 ${row}`])
  }
})

test('replay controller - a seek that cannot be is rejected, names the span and changes nothing', async () => {
  const { start, bus, controller } = played({ paused: true, speed: 60 })
  await start()
  const before = controller.state()
  for (const seek of ['2019-12-31T23:00:00Z', '2020-01-01T10:00:00Z']) {
    expect(await bus.control('made', { seek, speed: 7 })).toEqual({
      error: {
        code: 'out_of_range',
        message: `seek: ${seek} is outside the tape, 2020-01-01T00:00:00Z to 2020-01-01T09:50:00Z`,
        temporary: false,
      },
    })
  }
  expect(await bus.control('made', { seek: 'yesterday' })).toMatchObject({ error: { code: 'bad_request' } })
  expect(controller.state()).toEqual(before)
})

test('replay controller - at its end it still answers, and plays again from where it is told', async () => {
  const { controller, start, press, numbers, reaches } = played()
  await start()
  await controller.finished
  expect(await press({ seek: at(55), forget: true })).toMatchObject({ session: 's2', ended: false })
  await reaches(({ ended, session }) => ended && session === 's2')
  expect(numbers('s2')).toEqual(upTo(ROWS, 55))
})

test('replay controller - a loop begins anew in a new session, until it is told not to', async () => {
  const { controller, start, press, numbers, stations, reaches } = played({
    loop: true,
    leadIn: 2 * HOUR,
    speed: 1e6,
  })
  await start()
  await reaches(({ session }) => session === 's3')
  expect(await press({ loop: false })).toMatchObject({ loop: false, session: 's3' })
  await reaches(({ ended }) => ended)
  expect((await controller.finished).session).toBe('s1')
  for (const session of ['s1', 's2', 's3']) expect(numbers(session)).toEqual(upTo(ROWS))
  expect(stations.map(({ tape }) => tape?.session)).toEqual(['s1', 's2', 's3'])
})

test('replay controller - several keys of one command are carried out together', async () => {
  const { start, press, heard, controller } = played({ paused: true, speed: 1 })
  await start()
  await press({ speed: 'max', loop: false, seek: at(58), resume: true })
  await controller.finished
  expect(heard.map(({ tick }) => tick.replay)).toEqual(
    [1, 2].map((row) => ({ session: 's1', speed: 'max', paused: false, row })),
  )
})

test('replay controller - live ticks stop it with the reason; it goes on in a new session if they were ahead of it', async () => {
  const { controller, start, press, numbers } = played({ paused: true })
  await start()
  await press({ step: 5 })
  controller.pauseBecause('live ticks arrived', T0 + 24 * HOUR)
  expect(controller.state()).toMatchObject({
    paused: true,
    paused_because: 'live ticks arrived',
    session: 's1',
  })
  const resumed = await press({ step: 1 })
  expect(resumed).toMatchObject({ session: 's2', position: at(4), rows: 1 })
  expect(await press({ resume: true })).toMatchObject({ session: 's2', paused: false })
  expect(controller.state().paused_because).toBeUndefined()
  await controller.finished
  expect(numbers('s2')).toEqual(upTo(ROWS, 4))
})

test('replay controller - live ticks from before its place do not end the session, nor do they pile up states', async () => {
  const { controller, start, press, states } = played({ paused: true })
  await start()
  await press({ step: 5 })
  for (let tick = 0; tick < 3; tick++) controller.pauseBecause('live ticks arrived', T0 + tick)
  expect(await press({ step: 1 })).toMatchObject({ session: 's1', position: at(5) })
  expect(states.filter(({ paused_because, rows }) => paused_because && rows === 5)).toHaveLength(1 + 1)
})

test('replay controller - a pause while a slow tape waits takes hold at once, and what was waited counts', async () => {
  let release: () => void = () => undefined
  let now = T0
  // Sleepers of this clock wake by hand or by signal, so that the controller is found waiting.
  const clock: Clock = {
    now: () => now,
    sleep: (_, signal) =>
      new Promise((resolve) => {
        release = resolve
        signal?.addEventListener('abort', () => resolve())
      }),
  }
  const { start, press, numbers, controller } = played({ speed: 600 }, { clock })
  await start()
  await expect.poll(numbers).toEqual([0])
  now += 400
  await press({ pause: true })
  now += 60_000
  await press({ resume: true })
  await new Promise((resolve) => setImmediate(resolve))
  now += 599
  release()
  await new Promise((resolve) => setImmediate(resolve))
  expect(controller.state().rows).toBe(1)
  now += 1
  release()
  await expect.poll(numbers).toEqual([0, 1])
})

test('replay controller - a tape that breaks says so in its state, and to whoever waits for its end', async () => {
  const { controller, start, numbers, press } = played({}, { tape: madeTape({ breaksAt: 8 }) })
  await start()
  await expect(controller.finished).rejects.toThrow('made.csv: it is cut off')
  await expect(controller.failure).rejects.toThrow('made.csv: it is cut off')
  expect(numbers().length).toBeGreaterThan(0)
  expect(await press({ state: true })).toMatchObject({
    ended: true,
    paused: true,
    paused_because: 'made.csv: it is cut off',
  })
})

test('replay controller - a bus that rejects ticks pauses the tape, which goes on with the first it did not take', async () => {
  const inner = memoryBus({ onError: (error) => expect.fail(error.message) })
  let broken = true
  // A fault no real server produces on demand: ticks 10 and 11 are refused, later.
  const bus: Bus = {
    ...inner,
    publish(station, topic, message, id) {
      if (broken && (id === 's1/made.csv:12' || id === 's1/made.csv:13'))
        return new Promise((_, reject) => setImmediate(() => reject(new Error('no space left'))))
      return inner.publish(station, topic, message, id)
    },
  }
  const { controller, start, press, heard, reaches } = played({}, { bus })
  await start()
  await reaches(({ paused }) => paused)
  expect(controller.state().paused_because).toBe('the bus did not take a tick: no space left')
  broken = false
  await press({ resume: true })
  expect(await controller.finished).toMatchObject({ session: 's1' })
  expect(new Set(heard.map(({ tick }) => tick.values['T (degC)']))).toEqual(new Set(upTo(ROWS)))
  expect(controller.state().session).toBe('s1')
})

test('replay controller - a slow subscriber holds the tape back', async () => {
  const bus = memoryBus({ onError: (error) => expect.fail(error.message), highWater: 8 })
  let handled = 0
  let most = 0
  const { controller, start } = played({}, { bus, tape: madeTape({ rows: 4000 }) })
  await bus.subscribe({ topic: 'tick' }, async () => {
    await new Promise((resolve) => setImmediate(resolve))
    handled++
    most = Math.max(most, controller.state().rows - handled)
  })
  await start()
  await controller.finished
  await bus.flush()
  expect(handled).toBe(4000)
  expect(most).toBeLessThan(600)
})
