import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { openTape } from '../../replay/open-tape.ts'
import type { Tape } from '../../replay/tape.ts'
import { openApp } from '../../src/app/app.ts'
import { describeModel, type PipelineFlags } from '../../src/app/assemble-model.ts'
import { openLog } from '../../src/app/log.ts'
import { type TapeFlags, tapeIdentity } from '../../src/app/tapes.ts'
import { DAY, formatInstant, HOUR } from '../../src/domain/instant.ts'
import type { ForecastMessage } from '../../src/protocol/forecast.ts'
import type { ScoreMessage } from '../../src/protocol/scores.ts'
import { EVERYTHING } from '../core/station-run.ts'
import { describeWithData } from '../support/real-data.ts'
import { SILENT } from '../support/silent-terminal.ts'
import { until } from '../support/until.ts'

const DAYS = 32
const MODEL: PipelineFlags = {
  ...EVERYTHING,
  experts: ['persistence', 'damped_anomaly', 'rls_hour', 'mlp', 'gru'],
}

/**
 * The first month of the file: along it states are kept every other day, and from its second week on the networks forecast.
 */
async function firstMonth(data: string): Promise<Tape> {
  const tape = await openTape({ data })
  const end = tape.first + DAYS * DAY
  return {
    ...tape,
    last: end - HOUR,
    async *rows(options) {
      for await (const batch of tape.rows(options)) {
        yield batch.filter(({ eventTime }) => eventTime !== undefined && eventTime < end)
        if (batch.some(({ eventTime }) => eventTime !== undefined && eventTime >= end)) return
      }
    },
  }
}

const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-tape-'))
  folders.push(folder)
  return folder
}

/** What was said at each time, the session left out. */
interface Said {
  readonly forecasts: Map<string, Omit<ForecastMessage, 'replay'>>
  readonly scores: Map<string, Omit<ScoreMessage, 'replay'>>
}

async function playing(tape: Tape, keep: string, flags: TapeFlags = {}) {
  const warned: string[] = []
  const terminal = { ...SILENT, warn: (text: string) => void warned.push(text) }
  const app = await openApp({
    ...{ name: 'test', terminal, log: openLog({ logLevel: 'warn' }, { terminal }) },
    ...{ keep, journal: false },
  })
  const { identity } = tapeIdentity(tape, { from: undefined, model: describeModel(tape.station, MODEL) })
  const controller = await app
    .load(tape, { speed: Number.POSITIVE_INFINITY, ...flags }, identity)
    .catch(async (error: unknown) => {
      await app.close()
      throw error
    })
  const host = await app.forecast({
    ...{ engine: 'auto', flags: MODEL, from: 'retained' },
    onStation: () => undefined,
    onUnsuitable: (_, error) => app.fail(error),
    onLive: () => undefined,
  })
  let said: Said = { forecasts: new Map(), scores: new Map() }
  const of = { station: tape.station.id }
  await app.bus.subscribe({ ...of, topic: 'forecast' }, ({ message: { replay, ...rest } }) => {
    said.forecasts.set(rest.issued_at, rest)
  })
  await app.bus.subscribe({ ...of, topic: 'score' }, ({ message: { replay, ...rest } }) => {
    said.scores.set(rest.as_of, rest)
  })
  const standsAt = (rows: number) =>
    until(`${rows} rows are worked off`, () => {
      const { session, rows: played, catching_up_to } = controller.state()
      const { ticks } = host.stations.get(tape.station.id) ?? { ticks: () => -1 }
      return catching_up_to === undefined && played === rows && ticks(session) === rows
    })
  return {
    ...{ app, controller, warned, standsAt },
    /** What is said from now on. */
    heardFrom() {
      said = { forecasts: new Map(), scores: new Map() }
      return said
    },
  }
}

type Playing = Awaited<ReturnType<typeof playing>>

const within = <M>(said: Map<string, M>, of: Map<string, unknown>) =>
  new Map([...said].filter(([time]) => of.has(time)))

describeWithData('jena_2009_2016_hourly.csv', (data) => {
  let whole: Playing
  let lived: Said
  let rows: number
  beforeAll(async () => {
    whole = await playing(await firstMonth(data), await newFolder())
    lived = whole.heardFrom()
    await whole.app.play()
    rows = (await whole.controller.finished).rows
    await whole.standsAt(rows)
    expect(lived.forecasts.size).toBeGreaterThan(DAYS * 23)
  })
  afterAll(() => whole?.app.close())

  it('tape - wound back it says what it said, bit for bit, whatever way it got there', async () => {
    const { controller, warned, standsAt, heardFrom } = whole
    const { first } = await firstMonth(data)
    for (const day of [24.5, 3, 29]) {
      const at = first + day * DAY
      const again = heardFrom()
      const reply = await controller.control({ seek: formatInstant(at), resume: true })
      expect(reply).toMatchObject({ result: { remembers: true } })
      const { rows: from } = 'result' in reply ? reply.result : { rows: 0 }
      // From a state, of which there is one every other day where the machine had the time.
      if (day > 22) expect(from).toBeGreaterThan((day - 22) * 24)
      await standsAt(rows)
      expect(again.forecasts.size).toBeGreaterThanOrEqual(Math.floor((DAYS - day) * 23))
      expect(again.forecasts).toEqual(within(lived.forecasts, again.forecasts))
      expect(again.scores).toEqual(within(lived.scores, again.scores))
    }
    expect(warned).toEqual([])
  })

  it('tape - played again it goes on where it was, with what was learnt, and says what it would have said', async () => {
    const opened = async (...args: Parameters<typeof playing>): Promise<Playing> => {
      const one = await playing(...args)
      onTestFinished(() => one.app.close())
      return one
    }
    const tape = await firstMonth(data)
    const folder = await newFolder()
    const first = await opened(tape, folder)
    await first.app.play()
    await until('three weeks were lived', () => first.controller.state().rows > 500)
    const { session } = first.controller.state()
    await first.app.close()

    const again = await opened(tape, folder)
    const said = again.heardFrom()
    await again.app.play()
    expect(again.controller.state()).toMatchObject({ session })
    expect(again.controller.state().rows).toBeGreaterThan(100)
    await again.standsAt(rows)
    expect(said.forecasts.size).toBeGreaterThan(100)
    // What the page begins with is of the days before.
    expect(said.forecasts).toEqual(within(lived.forecasts, said.forecasts))
    expect(said.scores).toEqual(within(lived.scores, said.scores))
    expect(again.warned).toEqual([])
    await again.app.close()

    // Of other models it is another past.
    await expect(opened({ ...tape, name: 'other.csv' }, folder)).rejects.toThrow('--anew forgets it')
    const anew = await opened({ ...tape, name: 'other.csv' }, folder, { anew: true, paused: true })
    await anew.app.play()
    expect(anew.controller.state().rows).toBe(0)
    // Nor is it the past of a sensor.
    await expect(anew.app.announce(tape.station)).rejects.toThrow(
      `the tape of '${tape.station.id}' is kept in ${folder}: keep the live station elsewhere`,
    )
  })
})
