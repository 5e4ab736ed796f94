import { describe, expect, it } from 'vitest'
import { keptState, stationKeeper } from '../../src/app/station-keeper.ts'
import { writeState } from '../../src/core/state-codec.ts'
import { stationModel } from '../../src/core/station-model.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { persistence } from '../../src/forecast/persistence.ts'
import type { Keep, KeptCheckpoint, KeptRecord } from '../../src/store/keep.ts'
import { START, stationOf } from '../forecast/series.ts'

const DESCRIPTION = { experts: ['persistence'] }
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
  }
  return { keep: keep as unknown as Keep, written, recorded }
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
      warn: (reason: string) => void warned.push(reason),
    }
    const { keep } = folder({
      checkpoints: [
        { position: 9, state: Uint8Array.of(1, 2, 3), writtenAt: START },
        checkpoint(7, { experts: ['persistence', 'gru'] }),
        checkpoint(5, DESCRIPTION),
      ],
    })
    expect((await keptState(keep, options))?.position).toBe(5)
    expect(warned).toHaveLength(2)
    expect(warned[0]).toContain('these bytes are no state of a station')
    expect(warned[1]).toContain('experts was ["persistence","gru"], and is ["persistence"]')
    expect(await keptState(folder().keep, options)).toBeUndefined()
  })

  it('keeper - what was published since goes with the state, and again where that could not be written', async () => {
    let full = true
    const errors: string[] = []
    const { keep, written } = folder({ failing: () => full })
    const keeper = stationKeeper({
      keep,
      ...{ station: 'garden', description: DESCRIPTION, every: 2 },
      onError: ({ message }) => void errors.push(message),
    })
    const turn = () => new Promise((resolve) => setTimeout(resolve, 5))
    keeper.keep('reading', reading(0))
    keeper.workedOff(stateAt(1))
    keeper.workedOff(stateAt(2))
    await turn()
    expect(errors).toEqual(['the state of garden is not kept: the disk is full'])
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

  it('keeper - of scores the first hour of a day is kept, and nothing is written over what another model published', async () => {
    const { keep, recorded } = folder()
    const keeper = stationKeeper({
      keep,
      ...{ station: 'garden', description: DESCRIPTION, recordedUpTo: START + HOUR },
      onError: (error) => {
        throw error
      },
    })
    for (let hour = 0; hour < 48; hour++) {
      keeper.keep('score', reading(hour))
      keeper.keep('forecast', reading(hour))
    }
    await keeper.close(stateAt(1))
    expect(recorded.filter(({ what }) => what === 'forecast')).toHaveLength(46)
    const hours = recorded.flatMap(({ what, eventTime }) =>
      what === 'score' ? [new Date(eventTime).getUTCHours()] : [],
    )
    expect(hours.length).toBeGreaterThan(0)
    expect(hours.every((hour) => hour === 0)).toBe(true)
  })
})
