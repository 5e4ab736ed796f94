import { afterEach, describe, expect, it } from 'vitest'
import type { KeptTape } from '../../replay/kept-tape.ts'
import { createReplayController, type ReplayController } from '../../replay/replay-controller.ts'
import type { KeptPlace } from '../../replay/replay-controller-state.ts'
import { simulatedStation } from '../../replay/simulated-station.ts'
import type { Tape } from '../../replay/tape.ts'
import { memoryBus } from '../../src/bus/memory.ts'
import { formatInstant, MINUTE } from '../../src/domain/instant.ts'
import type { TapeCommand, TapeMessage } from '../../src/protocol/tape.ts'
import { leapingClock } from './leaping-clock.ts'

const T0 = Date.UTC(2020, 0, 1)
const ROWS = 60
const timeOf = (row: number) => T0 + (row - 1) * 10 * MINUTE
const at = (row: number) => formatInstant(timeOf(row))

/** Rows 1 to 60, ten minutes apart, each with its number as temperature. */
const tape: Tape = {
  station: { ...simulatedStation, id: 'made', simulated: false },
  source: 'replay',
  name: 'made.csv',
  first: T0,
  last: timeOf(ROWS),
  notes: [],
  async *rows({ from = T0 } = {}) {
    for (let row = 1; row <= ROWS; row += 5) {
      const batch = [0, 1, 2, 3, 4].map((ahead) => ({
        place: `made.csv:${row + ahead}`,
        eventTime: timeOf(row + ahead),
        values: { 'T (degC)': row + ahead },
      }))
      yield batch.filter(({ eventTime }) => eventTime >= from)
    }
  },
}

/** A station whose only learnt state is the list of rows that it lived; every tenth is kept. */
function station({ every = 10 } = {}) {
  const kept = new Map<number, readonly number[]>()
  let lived: number[] = []
  let last: KeptTape | undefined
  return {
    memory: {
      look: async () => undefined,
      before(time: number, most: number): KeptPlace | undefined {
        const rows = [...kept].filter(([row, known]) => row <= most && timeOf(known.at(-1)!) < time)
        const [newest] = rows.sort(([one], [other]) => other - one)
        return newest && { row: newest[0], time: timeOf(newest[1].at(-1)!) }
      },
      async keep(tape: KeptTape) {
        last = structuredClone(tape)
      },
      async forgetAfter(row: number) {
        for (const place of kept.keys()) if (place > row) kept.delete(place)
      },
    },
    announced(after: number | undefined) {
      lived = after === undefined ? [] : [...(kept.get(after) ?? expect.fail(`nothing is kept at ${after}`))]
    },
    tick(row: number) {
      lived.push(row)
      if (lived.length % every === 0) kept.set(lived.length, [...lived])
    },
    lived: () => lived,
    kept: () => [...kept.keys()],
    last: () => last,
  }
}

const open: ReplayController[] = []
afterEach(async () => {
  for (const controller of open.splice(0)) await controller.close()
})

async function played(
  of = station(),
  {
    kept,
    standing,
    paused = true,
    file = tape,
  }: { kept?: KeptTape; standing?: () => Promise<number>; paused?: boolean; file?: Tape } = {},
) {
  const bus = memoryBus({ onError: (error) => expect.fail(error.message) })
  let sessions = 0
  const controller = createReplayController({
    tape: file,
    bus,
    clock: leapingClock(),
    options: { newSession: () => `s${++sessions}`, ...(!kept && { paused, speed: 60 }) },
    memory: of.memory,
    kept,
    ...(standing && { standing }),
  })
  open.push(controller)
  let numbering = 0
  let session = ''
  await bus.subscribe({ topic: 'station' }, ({ message }) => {
    session = message.tape!.session
    if (kept?.session !== session) of.announced(message.tape!.after)
    numbering = of.lived().length
  })
  await bus.subscribe({ topic: 'tick' }, ({ message: { replay, values } }) => {
    expect(replay).toMatchObject({ session, row: ++numbering })
    of.tick(Number(values['T (degC)']))
  })
  await controller.announce()
  void controller.play()
  const press = async (command: TapeCommand): Promise<TapeMessage> => {
    const reply = await controller.control(command)
    return 'result' in reply ? reply.result : expect.fail(reply.error.message)
  }
  /** Pressed, and lived again up to where it leads. */
  const there = async (command: TapeCommand): Promise<TapeMessage> => {
    await press(command)
    for (;;) {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
      if (controller.state().catching_up_to === undefined) return controller.state()
    }
  }
  return { of, bus, controller, press, there, refused: (command: TapeCommand) => controller.control(command) }
}

const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, index) => from + index)

describe('a tape that remembers', () => {
  it('tape memory - a seek back restores the nearest kept state and lives on to there, paused or not', async () => {
    const { of, press, there } = await played()
    await press({ step: 47 })
    const back = await press({ seek: at(26) })
    expect(back).toMatchObject({
      session: 's2',
      rows: 20,
      position: at(26),
      catching_up_to: at(26),
      remembers: true,
    })
    expect(await there({ state: true })).toMatchObject({ rows: 25, position: at(26), paused: true })
    expect(of.lived()).toEqual(upTo(25))
    await press({ step: 1 })
    expect(of.lived()).toEqual(upTo(26))
  })

  it('tape memory - before the first kept state it lives again from the beginning', async () => {
    const { of, press, there } = await played()
    await press({ step: 30 })
    expect(await there({ seek: at(5) })).toMatchObject({ session: 's2', rows: 4 })
    expect(of.lived()).toEqual(upTo(4))
  })

  it('tape memory - ahead, within what was lived, it is as having lived there; nearer than any kept state it lives on', async () => {
    const { of, press, there } = await played()
    await press({ step: 55 })
    await there({ seek: at(5) })
    expect(await there({ seek: at(9) })).toMatchObject({ session: 's2', rows: 8 })
    expect(await there({ seek: at(44) })).toMatchObject({ session: 's3', rows: 43 })
    expect(of.lived()).toEqual(upTo(43))
  })

  it('tape memory - ahead of all that was lived it jumps from its end, in the session', async () => {
    const { of, press, there } = await played()
    await press({ step: 12 })
    expect(await there({ seek: at(40) })).toMatchObject({ session: 's1', rows: 12, position: at(40) })
    await press({ step: 3 })
    expect(of.lived()).toEqual([...upTo(12), ...upTo(42, 40)])
  })

  it('tape memory - behind a jump it leads over it again', async () => {
    const { of, press, there } = await played()
    await press({ step: 12 })
    await there({ seek: at(40) })
    await press({ step: 6 })
    await there({ seek: at(5) })
    expect(of.lived()).toEqual(upTo(4))
    expect(await there({ seek: at(43) })).toMatchObject({ rows: 15 })
    expect(of.lived()).toEqual([...upTo(12), ...upTo(42, 40)])
    await press({ step: 5 })
    expect(of.lived()).toEqual([...upTo(12), ...upTo(47, 40)])
  })

  it('tape memory - into what was jumped over it goes only where that is said to be meant: another past begins there', async () => {
    const { of, press, there, refused } = await played()
    await press({ step: 12 })
    await there({ seek: at(40) })
    await press({ step: 10 })
    expect(of.kept()).toEqual([10, 20])
    expect(await refused({ seek: at(30) })).toMatchObject({ error: { code: 'would_forget' } })
    expect(await there({ seek: at(30), forget: true })).toMatchObject({ rows: 12 })
    await press({ step: 2 })
    expect(of.lived()).toEqual([...upTo(12), 30, 31])
    expect(of.kept()).toEqual([10])
  })

  it('tape memory - played on from before a jump, what lay behind the jump is another past', async () => {
    const { of, press, there } = await played()
    await press({ step: 12 })
    await there({ seek: at(40) })
    await press({ step: 10 })
    await there({ seek: at(12) })
    await press({ step: 4 })
    expect(of.lived()).toEqual(upTo(15))
    expect(of.kept()).toEqual([10])
    expect(await there({ seek: at(50) })).toMatchObject({ rows: 15 })
  })

  it('tape memory - a loop begins anew and forgets nothing; to begin anew forgets all', async () => {
    const { of, press, there, controller } = await played()
    await press({ step: 58, loop: true })
    await press({ step: 2 })
    await there({ state: true })
    expect(controller.state()).toMatchObject({ session: 's2', rows: 0 })
    await press({ step: 3 })
    expect(of.lived()).toEqual(upTo(3))
    expect(await there({ seek: at(42) })).toMatchObject({ session: 's3', rows: 41 })
    expect(of.lived()).toEqual(upTo(41))
    expect(await press({ anew: true })).toMatchObject({ session: 's4', rows: 0 })
    expect(of.kept()).toEqual([])
  })

  it('tape memory - after live ticks it goes on from a state that has not seen them', async () => {
    const { of, press, there, controller } = await played()
    await press({ step: 25 })
    controller.pauseBecause('live ticks arrived', timeOf(17))
    of.tick(-1)
    await press({ step: 1 })
    expect(await there({ state: true })).toMatchObject({ session: 's2', rows: 26 })
    expect(of.lived()).toEqual(upTo(26))
  })

  it('tape memory - a tape that is played again goes on where it was, as its models stand', async () => {
    const first = await played()
    await first.press({ step: 33, speed: 600 })
    await first.there({ seek: at(28) })
    await first.press({ step: 2 })
    await first.controller.close()
    const kept = first.of.last()!
    expect(kept).toMatchObject({ session: 's2', rows: 29, paused: true, speed: 600 })
    // The models come back as they were four rows earlier, as after a crash.
    const { of } = first
    of.lived().splice(25)
    const again = await played(of, { kept, standing: async () => 25 })
    const there = await again.there({ state: true })
    expect(there).toMatchObject({ session: 's2', rows: 29, paused: true, speed: 600 })
    expect(of.lived()).toEqual(upTo(29))
    await again.press({ step: 1 })
    expect(of.lived()).toEqual(upTo(30))
    // What was lived beyond is known, too.
    expect(await again.there({ seek: at(33) })).toMatchObject({ rows: 32 })
  })

  it('tape memory - another file of the same name is refused: rows would be left out, or come twice', async () => {
    const { of, press, controller } = await played()
    await press({ step: 33 })
    await controller.close()
    const kept = of.last()!
    const without = (count: number): Tape => ({
      ...tape,
      rows: (options) => tape.rows({ ...options, from: timeOf(1 + count) }),
    })
    const refused = async (file: Tape) =>
      (await played(of, { kept, file, standing: async () => 33 })).controller.failure
    await expect(refused(without(4))).rejects.toThrow(
      `made.csv: row 33 was a reading of ${at(33)} when it was played, and is a reading of ${at(37)}: another file`,
    )
    await expect(refused(without(40))).rejects.toThrow(
      `row 33 was a reading of ${at(33)} when it was played, and is there no more`,
    )
    const same = await played(of, { kept, standing: async () => 33 })
    expect(await same.there({ state: true })).toMatchObject({ rows: 33 })
    await same.controller.close()
    // Killed before it was noted how far the models had come.
    const further = await played(of, { kept, standing: async () => 36 })
    expect(await further.there({ state: true })).toMatchObject({ rows: 36 })
    await further.press({ step: 1 })
    expect(further.controller.state()).toMatchObject({ rows: 37 })
  })
})
