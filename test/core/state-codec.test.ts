import { serialize } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { readState, STATE_VERSION, stateSizes, writeState } from '../../src/core/state-codec.ts'
import { stationModel } from '../../src/core/station-model.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { persistence } from '../../src/forecast/persistence.ts'
import { stationOf } from '../forecast/series.ts'

const model = stationModel({
  station: stationOf(),
  ...{ lateness: 0, maxBridge: 3 * HOUR, issueEvery: HOUR, window: undefined, trained: [], seed: 1 },
  experts: [persistence()],
})
const DESCRIPTION = { station: 'garden', experts: ['persistence'], seed: 1 }

describe('state codec', () => {
  it('state - what is written is read as it was, in memory of its own', () => {
    const state = model.initial()
    const bytes = writeState(state, DESCRIPTION)
    const copy = Buffer.from(bytes)
    const read = readState(bytes, DESCRIPTION)
    expect(read).toEqual(state)
    read.history.rows = 7
    read.lookbackSamples.rows.fill(7)
    expect(copy.equals(bytes)).toBe(true)
  })

  it('state - of another model it is refused, and what differs is named', () => {
    const bytes = writeState(model.initial(), DESCRIPTION)
    expect(() => readState(bytes, { ...DESCRIPTION, experts: ['persistence', 'gru'], seed: 2 })).toThrow(
      'this state is of another model: experts was ["persistence"], and is ["persistence","gru"]; seed was 1, and is 2',
    )
  })

  it('state - the order in which a model is described makes it no other one, and what differs is named by its place', () => {
    const channel = { name: 'T', limits: { min: -40, max: 60 }, sentinels: [85] }
    const written = { station: { id: 'garden', channels: [channel], hold: undefined }, seed: 1 }
    const { limits, ...rest } = channel
    const turned = {
      seed: 1,
      station: { channels: [{ ...rest, limits: { max: 60, min: -40 } }], id: 'garden' },
    }
    const bytes = writeState(model.initial(), written)
    expect(readState(bytes, turned)).toEqual(model.initial())
    const warmer = {
      ...turned,
      station: { ...turned.station, channels: [{ ...rest, limits: { ...limits, max: 70 } }] },
    }
    expect(() => readState(bytes, warmer)).toThrow(
      'this state is of another model: station.channels.0.limits.max was 60, and is 70',
    )
  })

  it('state - of an older version it is brought up to this one', () => {
    const { tapeRow, ...older } = model.initial()
    const written = { format: 'tickcast station state', version: 1, model: DESCRIPTION, state: older }
    expect(readState(serialize(written), DESCRIPTION)).toEqual({ ...older, tapeRow: undefined })
  })

  it('state - of before sensors were watched it goes on, and watches from there', () => {
    const { health, ...older } = model.initial()
    const written = { format: 'tickcast station state', version: 2, model: DESCRIPTION, state: older }
    expect(readState(serialize(written), DESCRIPTION)).toEqual({ ...older, health })
  })

  it('state - of another version it is refused by its number', () => {
    const written = {
      ...{ format: 'tickcast station state', version: STATE_VERSION + 1 },
      ...{ model: DESCRIPTION, state: model.initial() },
    }
    expect(() => readState(serialize(written), DESCRIPTION)).toThrow(
      `a state of version ${STATE_VERSION + 1} is not read by this one, which writes version ${STATE_VERSION}`,
    )
  })

  it('state - bytes that are none are refused as such', () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3), serialize({ state: {} })]) {
      expect(() => readState(bytes, DESCRIPTION)).toThrow('these bytes are no state of a station')
    }
    const whole = writeState(model.initial(), DESCRIPTION)
    expect(() => readState(whole.subarray(0, whole.length / 2), DESCRIPTION)).toThrow(
      'these bytes are no state of a station',
    )
  })

  it('state - every stage has its size', () => {
    const state = model.initial()
    expect(Object.keys(stateSizes(state))).toEqual(Object.keys(state))
  })
})
