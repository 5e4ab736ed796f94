import { describe, expect, it } from 'vitest'
import { LEADS } from '../../../src/domain/forecast.ts'
import { HOUR } from '../../../src/domain/instant.ts'
import { normal, seededRandom } from '../../../src/domain/random.ts'
import type { Example } from '../../../src/forecast/features/example.ts'
import { CORRECTION_COLUMNS, writeCorrectionRow } from '../../../src/forecast/outside/correction-columns.ts'
import { emptyRing, keepHour } from '../../../src/forecast/outside/hourly-ring.ts'
import { outsideCorrected } from '../../../src/forecast/outside/outside-corrected.ts'

const forecaster = outsideCorrected('dnn')
const NOTHING = new Float64Array(LEADS).fill(Number.NaN)

/** What the issuer says of truths of 0, always too much by `bias`. */
function said(bias: number, random = seededRandom(5)) {
  const rows = new Float32Array(LEADS * CORRECTION_COLUMNS)
  for (let lead = 0; lead < LEADS; lead++) rows[lead * CORRECTION_COLUMNS] = 1
  return { mean: Float64Array.from({ length: LEADS }, () => bias + normal(random)), rows }
}

function lived(months: readonly { readonly hours: number; readonly bias: number }[]) {
  const state = forecaster.initial()
  const random = seededRandom(5)
  let hour = 0
  for (const { hours, bias } of months)
    for (const until = hour + hours; hour < until; hour++) {
      const example = { issuedAt: hour * HOUR, truth: new Float64Array(LEADS) }
      forecaster.learn!(state, { ...example, outside: { dnn: said(bias, random) } } as unknown as Example)
    }
  return state
}

const correctionOf = (state: ReturnType<typeof lived>): number => {
  const columns = said(0)
  const predicted = forecaster.predict(state, { outside: { dnn: columns } } as never)!
  return predicted[0]! - columns.mean[0]!
}

describe('outside corrected', () => {
  it('outside corrected - what an issuer says that is broken teaches nothing of what it says when it is whole', () => {
    const whole = lived([{ hours: 720, bias: 2 }])
    expect(correctionOf(whole)).toBeLessThan(-1)
    const broken = lived([
      { hours: 720, bias: 2 },
      { hours: 720, bias: 150 },
    ])
    expect(correctionOf(broken)).toBe(correctionOf(whole))
  })

  it('outside corrected - what an issuer goes on saying for months is how it is', () => {
    const state = lived([
      { hours: 720, bias: 2 },
      { hours: 2_400, bias: 40 },
    ])
    expect(correctionOf(state)).toBeLessThan(-20)
  })

  it('outside corrected - what others say that is far beyond its own errors tells nothing', () => {
    const errors = emptyRing()
    const truths = emptyRing()
    for (let hour = 0; hour < 48; hour++) {
      keepHour(errors, hour * HOUR, hour % 2 ? 1 : -1)
      keepHour(truths, hour * HOUR, 20)
    }
    const outlookOf = (value: number, dayError = 1) => ({
      ...{ mean: new Float64Array(LEADS).fill(value), spread: NOTHING, isOfNow: new Uint8Array(LEADS) },
      ...{ before: value, after: value, errors, usualError: 1, dayError, issuedAt: 0 },
    })
    const rowBeside = (value: number, dayError?: number): number[] => {
      const into = new Float32Array(CORRECTION_COLUMNS)
      const others = [outlookOf(value, dayError)]
      const at = { lead: 3, issuedAt: 47 * HOUR, current: 20 }
      writeCorrectionRow(into, { outlook: outlookOf(20), others, truths, ...at })
      return [...into]
    }
    const alone = rowBeside(20)
    expect(rowBeside(35.9)).not.toEqual(alone)
    expect(rowBeside(36.1)).toEqual(alone)
    expect(rowBeside(170)).toEqual(alone)
    // Who has just erred four times as much says a ninetieth of what it says.
    const [whole, doubted] = [rowBeside(29), rowBeside(29, 4)]
    const differing = [...alone.keys()].filter((column) => whole[column] !== alone[column])
    expect(differing).toHaveLength(2)
    for (const column of differing) expect(doubted[column]).toBeCloseTo(whole[column]! * (1.3 / 4) ** 4, 6)
  })
})
