import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { errorHours, predictedHours } from '../../src/verify/error-hours.ts'
import { addError, ERROR_COLUMNS } from '../../src/verify/model-sums.ts'

const HOUR = ERROR_COLUMNS * LEADS
const bitsOf = (hours: Float32Array): Uint8Array => new Uint8Array(hours.buffer)

it('hours of errors - whatever they are they come back bit for bit, and what was read is left as it is', () => {
  fc.assert(
    fc.property(fc.array(fc.float(), { minLength: HOUR, maxLength: HOUR }), (numbers) => {
      const hours = Float32Array.from(numbers)
      const before = hours.slice()
      expect(bitsOf(errorHours(predictedHours(hours)))).toEqual(bitsOf(before))
      expect(bitsOf(hours)).toEqual(bitsOf(before))
    }),
  )
})

it('hours of errors - of one error a lead and hour only the count and the signed error are left, but for rounding', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: LEADS, maxLength: LEADS }),
      (errors) => {
        const hours = new Float32Array(HOUR)
        for (const [lead, error] of errors.entries()) addError(hours, lead, error)
        const bits = new Int32Array(predictedHours(hours).buffer)
        for (let lead = 0; lead < LEADS; lead++) {
          expect(bits[LEADS + lead]).toBe(0)
          if (Math.abs(errors[lead]!) > 1e-15)
            expect(Math.abs(bits[3 * LEADS + lead]!)).toBeLessThanOrEqual(4)
        }
      },
    ),
  )
})
