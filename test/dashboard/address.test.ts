import { describe, expect, it } from 'vitest'
import { searchOf, viewOf } from '../../src/dashboard/address.ts'
import { INITIAL } from '../../src/dashboard/view-state.ts'
import { station } from './messages.ts'

const kiel = station({ id: 'kiel' })

describe('address', () => {
  it('address - a view that differs from the usual one stands in it, and comes back', () => {
    const state = {
      ...INITIAL,
      stations: [station(), kiel],
      station: kiel,
      chosenLead: 6,
      chosenWindow: '7d' as const,
    }
    expect(searchOf(state, INITIAL)).toBe('?station=kiel&lead=6&window=7d')
    expect(viewOf(searchOf(state, INITIAL), INITIAL)).toEqual({
      wanted: 'kiel',
      chosenLead: 6,
      chosenWindow: '7d',
    })
    expect(searchOf({ ...INITIAL, stations: [kiel], station: kiel }, INITIAL)).toBe('')
  })

  it('address - what makes no sense in it is passed over', () => {
    expect(viewOf('?lead=7&window=2d&x=1', INITIAL)).toEqual({
      wanted: undefined,
      chosenLead: INITIAL.chosenLead,
      chosenWindow: INITIAL.chosenWindow,
    })
  })
})
