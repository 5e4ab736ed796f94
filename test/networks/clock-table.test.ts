import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../src/domain/instant.ts'
import { CLOCK_FEATURES, clockTable } from '../../src/networks/clock-table.ts'
import { clockFeatures } from '../../src/window/calendar.ts'

test('clock table - whatever was asked before, an instant has the features that the calendar gives it', () => {
  const table = clockTable()
  // Few hours and many laps of the table: the same places are taken again and again.
  const instants = fc
    .record({
      hour: fc.integer({ min: -3, max: 3 }),
      lap: fc.integer({ min: -2, max: 4 }),
      minute: fc.constantFrom(0, 10),
    })
    .map(({ hour, lap, minute }) => (hour + lap * 2 ** 16) * HOUR + minute * MINUTE)
  fc.assert(
    fc.property(fc.array(instants, { minLength: 1, maxLength: 20 }), (asked) => {
      for (const instant of asked) {
        const into = new Float32Array(CLOCK_FEATURES + 2).fill(9)
        table.write(instant, into, 1)
        expect([...into]).toEqual([9, ...Float32Array.from(clockFeatures(instant, 0)), 9])
      }
    }),
  )
})
