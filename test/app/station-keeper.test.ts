import { describe, expect, it, vi } from 'vitest'
import { keptState, stationKeeper } from '../../src/app/station-keeper.ts'
import type { TapeStates } from '../../src/app/tape-states.ts'
import { writeState } from '../../src/core/state-codec.ts'
import { stationModel } from '../../src/core/station-model.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { persistence } from '../../src/forecast/persistence.ts'
import type { Keep, KeptCheckpoint, KeptRecord } from '../../src/store/keep.ts'
import { START, stationOf } from '../forecast/series.ts'

const DESCRIPTION = { station: { id: 'garden' }, experts: [{ name: 'persistence' }] }
const model = stationModel({
  station: stationOf(),
  ...{ lateness: 0, maxBridge: 3 * HOUR, issueEvery: HOUR, window: undefined, trained: [], seed: 1 },
  experts: [persistence()],
})

type Written = Parameters<Keep['checkpoint']>[1]

/** A folder that remembers what it was given; `failing` says whether there is room. */
function folder({ checkpoints = [] as readonly KeptCheckpoint[], failing = (): boolean => false } = {}) {
  const written: Written[] = []
  const recorded: KeptRecord[] = []
  const letGo: number[] = []
  const keep = {
    checkpoints: async () => checkpoints,
    async checkpoint(_station: string, checkpoint: Written) {
      if (failing()) throw new Error('the disk is full')
      written.push(checkpoint)
      recorded.push(...checkpoint.records)
    },
    async record(_station: string, records: readonly KeptRecord[]) {
      if (failing()) throw new Error('the disk is full')
      recorded.push(...records)
    },
    async letGo(_station: string, { before = Number.NaN }: { before?: number }) {
      letGo.push((before - START) / HOUR)
    },
  }
  return { keep: keep as unknown as Keep, written, recorded, letGo }
}

function stateAt(position: number, eventTime = START) {
  return { ...model.initial(), position, newest: { eventTime, replay: undefined } }
}

const reading = (hours: number): Omit<KeptRecord, 'what'> => ({
  session: '',
  eventTime: START + hours * HOUR,
  message: { hours },
})

describe('station keeper', () => {
  it('keeper - the newest state that can be gone on with is taken, and whatever keeps one from it is told', async () => {
    const checkpoint = (position: number, description: object): KeptCheckpoint => ({
      position,
      state: writeState(stateAt(position), { ...description }),
      writtenAt: START,
    })
    const warned: string[] = []
    const options = {
      station: 'garden',
      description: DESCRIPTION,
      initial: model.initial,
      warn: (reason: string) => void warned.push(reason),
    }
    const { keep } = folder({
      checkpoints: [
        { position: 9, state: Uint8Array.of(1, 2, 3), writtenAt: START },
        checkpoint(7, { ...DESCRIPTION, station: { id: 'roof' } }),
        checkpoint(5, DESCRIPTION),
      ],
    })
    const { kept, newest } = await keptState(keep, options)
    expect(kept?.position).toBe(5)
    expect(newest).toBe(9)
    expect(warned).toHaveLength(2)
    expect(warned[0]).toContain('these bytes are no state of a station')
    expect(warned[1]).toContain('the station had another target, cadence or channels then')
    expect(await keptState(folder().keep, options)).toEqual({ kept: undefined, newest: undefined })
  })

  it('keeper - what was published since goes with the state, and again where that could not be written', async () => {
    let full = true
    const errors: string[] = []
    const { keep, written } = folder({ failing: () => full })
    const keeper = stationKeeper({
      states: keep,
      record: keep,
      ...{ station: 'garden', description: DESCRIPTION, every: 2, everyMs: 0, recordsEveryMs: 60_000 },
      onError: ({ message }) => void errors.push(message),
    })
    const turn = () => new Promise((resolve) => setTimeout(resolve, 50))
    keeper.keep('reading', reading(0))
    keeper.workedOff(stateAt(1))
    keeper.workedOff(stateAt(2))
    await turn()
    await vi.waitFor(() => expect(errors).toEqual(['the state of garden is not kept: the disk is full']))
    full = false
    keeper.keep('reading', reading(1))
    keeper.workedOff(stateAt(3))
    keeper.workedOff(stateAt(4))
    await turn()
    expect(written.map(({ position, records }) => [position, records.map(({ message }) => message)])).toEqual(
      [[4, [{ hours: 0 }, { hours: 1 }]]],
    )
    await keeper.close(stateAt(4))
    keeper.keep('reading', reading(2))
    expect(written).toHaveLength(2)
  })

  it('keeper - what is too old beside the newest is let go of at once and at each checkpoint, and never written', async () => {
    const { keep, recorded, letGo } = folder()
    const keeper = stationKeeper({
      states: keep,
      record: keep,
      ...{ station: 'garden', description: DESCRIPTION, keepFor: 10 * HOUR, newest: START },
      onError: (error) => {
        throw error
      },
    })
    expect(letGo).toEqual([-10])
    for (let hour = 1; hour <= 24; hour++) keeper.keep('reading', reading(hour))
    await keeper.recorded()
    expect(recorded.map(({ eventTime }) => (eventTime - START) / HOUR)).toEqual(
      Array.from({ length: 11 }, (_, index) => 14 + index),
    )
    for (let hour = 25; hour <= 48; hour++) keeper.keep('forecast', reading(hour))
    await keeper.close(stateAt(48, START + 48 * HOUR))
    expect(recorded).toHaveLength(22)
    expect(letGo).toEqual([-10, 38])
  })

  it('keeper - ticks that were refused hardly count towards the next checkpoint: from them nothing was learnt', async () => {
    const { keep, written } = folder()
    const keeper = stationKeeper({
      states: keep,
      record: keep,
      ...{ station: 'garden', description: DESCRIPTION, every: 10, everyMs: 0 },
      onError: (error) => {
        throw error
      },
    })
    const state = stateAt(1)
    const turn = () => new Promise((resolve) => setTimeout(resolve, 50))
    for (let tick = 0; tick < 150; tick++) {
      state.ingestStatistics.rejected++
      keeper.workedOff(state)
    }
    await turn()
    expect(written).toHaveLength(0)
    for (let tick = 0; tick < 3; tick++) keeper.workedOff(state)
    await turn()
    await vi.waitFor(() => expect(written).toHaveLength(1))
  })

  it('keeper - one state at a time is on its way to the disk, however fast ticks come', async () => {
    const { keep, written } = folder()
    let write = (): void => undefined
    const slow = {
      ...keep,
      checkpoint: (station: string, checkpoint: Written) =>
        new Promise<void>((resolve) => {
          write = () => void keep.checkpoint(station, checkpoint).then(resolve)
        }),
    }
    const keeper = stationKeeper({
      states: slow,
      record: slow,
      ...{ station: 'garden', description: DESCRIPTION, every: 2, everyMs: 0 },
      onError: (error) => {
        throw error
      },
    })
    const turn = () => new Promise((resolve) => setTimeout(resolve, 50))
    for (let tick = 1; tick <= 50; tick++) {
      keeper.workedOff(stateAt(tick))
      if (tick % 10 === 0) await turn()
    }
    write()
    await turn()
    expect(written.map(({ position }) => position)).toEqual([2])
    keeper.workedOff(stateAt(51))
    await turn()
    write()
    await turn()
    expect(written.map(({ position }) => position)).toEqual([2, 51])
  })

  it('keeper - a state is kept once what it has published is stored, and not where that is not', async () => {
    const { keep, written } = folder()
    const errors: string[] = []
    let stored = (): void => undefined
    let away = false
    const keeper = stationKeeper({
      states: keep,
      record: undefined,
      ...{ station: 'garden', description: DESCRIPTION, every: 1, everyMs: 0 },
      onError: ({ message }) => void errors.push(message),
      published: () =>
        away
          ? Promise.reject(new Error('the server is away'))
          : new Promise((resolve) => {
              stored = resolve
            }),
    })
    const turn = () => new Promise((resolve) => setTimeout(resolve, 50))
    keeper.workedOff(stateAt(1))
    await turn()
    expect(written).toEqual([])
    stored()
    await turn()
    await vi.waitFor(() => expect(written.map(({ position }) => position)).toEqual([1]))
    away = true
    keeper.workedOff(stateAt(2))
    await turn()
    expect(written).toHaveLength(1)
    expect(errors).toEqual(['the state of garden is not kept: the server is away'])
  })

  it('keeper - a state along a tape waits for what was published up to there, and is not kept without it', async () => {
    let full = false
    const { keep, recorded } = folder({ failing: () => full })
    const kept: number[] = []
    const refused: string[] = []
    const keeper = stationKeeper({
      states: keep,
      record: keep,
      ...{ station: 'garden', description: DESCRIPTION, onError: () => undefined },
      tapeStates: {
        offer: (_state: unknown, _model: unknown, published: () => Promise<void>) =>
          void published().then(
            () => kept.push(recorded.length),
            ({ message }: Error) => refused.push(message),
          ),
      } as unknown as TapeStates,
    })
    const turn = () => new Promise((resolve) => setTimeout(resolve, 50))
    keeper.keep('forecast', reading(0))
    keeper.keep('forecast', reading(1))
    keeper.workedOff(stateAt(2))
    await turn()
    expect(kept).toEqual([2])
    full = true
    keeper.keep('forecast', reading(2))
    keeper.workedOff(stateAt(3))
    await turn()
    expect(kept).toEqual([2])
    expect(refused).toEqual(['what it has published is not kept yet'])
  })

  it('keeper - by default nothing is let go of', async () => {
    const { keep, recorded, letGo } = folder()
    const keeper = stationKeeper({
      states: keep,
      record: keep,
      ...{ station: 'garden', description: DESCRIPTION, newest: START },
      onError: (error) => {
        throw error
      },
    })
    for (let day = 1; day <= 4000; day++) keeper.keep('reading', reading(24 * day))
    await keeper.close(stateAt(4000))
    expect(recorded).toHaveLength(4000)
    expect(letGo).toEqual([])
  })

  it('keeper - of scores the first hour of a day is kept', async () => {
    const { keep, recorded } = folder()
    const keeper = stationKeeper({
      states: keep,
      record: keep,
      ...{ station: 'garden', description: DESCRIPTION },
      onError: (error) => {
        throw error
      },
    })
    for (let hour = 0; hour < 48; hour++) {
      keeper.keep('score', reading(hour))
      keeper.keep('forecast', reading(hour))
    }
    await keeper.close(stateAt(1))
    expect(recorded.filter(({ what }) => what === 'forecast')).toHaveLength(48)
    const hours = recorded.flatMap(({ what, eventTime }) =>
      what === 'score' ? [new Date(eventTime).getUTCHours()] : [],
    )
    expect(hours.length).toBeGreaterThan(0)
    expect(hours.every((hour) => hour === 0)).toBe(true)
  })
})
