import { describe, expect, it } from 'vitest'
import { jsonLine } from '../../src/commands/watch.ts'

const delivery = { station: 'pond', topic: 'reading', kind: 'update', offset: 12 } as const

describe('watch', () => {
  it.each([
    ['all came', 0, {}],
    ['it is the first', undefined, {}],
    ['three did not come', 3, { missed: 3 }],
    ['nobody knows how many did not come', null, { missed: null }],
  ])(
    'watch - a line of JSON says where in the stream it stands, and what is missing before it: %s',
    (_, skipped, missed) => {
      expect(JSON.parse(jsonLine({ bridged: false }, { ...delivery, skipped }))).toEqual({
        ...delivery,
        ...missed,
        data: { bridged: false },
      })
    },
  )
})
