import { LEADS } from '../domain/forecast.ts'
import { ABSOLUTE, ERROR_COLUMNS, SIGNED, SQUARED } from './model-sums.ts'

/*
 * The hours of one model's errors, written so that they take little room: where an hour brought one error a lead, the
 * signed sum tells the other two but for rounding. What it tells is taken off their bits, and put back: whatever the
 * sums are, they come back as they were.
 */

const SIGN = 0x7fffffff

/** The bits of sums whose absolute and squared columns are what the signed ones do not tell. Shape: [hour][column][lead]. */
export function predictedHours(hours: Float32Array): Float32Array {
  return withPredictions(hours, (bits, predicted) => bits - predicted)
}

/** What `predictedHours` was made of. */
export function errorHours(written: Float32Array): Float32Array {
  return withPredictions(written, (bits, predicted) => bits + predicted)
}

function withPredictions(
  hours: Float32Array,
  combine: (bits: number, predicted: number) => number,
): Float32Array {
  const result = hours.slice()
  // Bits go as whole numbers: a number that is none might not keep its own.
  const bits = new Int32Array(result.buffer)
  const square = new Float32Array(1)
  const squareBits = new Int32Array(square.buffer)
  for (let hour = 0; hour < result.length; hour += ERROR_COLUMNS * LEADS) {
    for (let lead = 0; lead < LEADS; lead++) {
      const place = (column: number): number => hour + column * LEADS + lead
      square[0] = result[place(SIGNED)]! ** 2
      const [absolute, squared] = [place(ABSOLUTE), place(SQUARED)]
      bits[absolute] = combine(bits[absolute]!, bits[place(SIGNED)]! & SIGN)
      bits[squared] = combine(bits[squared]!, squareBits[0]!)
    }
  }
  return result
}
