import { HOUR } from '../domain/instant.ts'
import type { NetworkSpec } from '../domain/weights.ts'

const DEFAULT_UNITS = '32'

/** A network's name as a model: `gru` for the default GRU(32), else `lstm`, `bigru`, `gru64`, `bilstm32x64`. */
export function networkName({ cell, units, bidirectional }: NetworkSpec): string {
  const sizes = units.join('x')
  return `${bidirectional ? 'bi' : ''}${cell}${sizes === DEFAULT_UNITS ? '' : sizes}`
}

/** For people: `GRU(32) over 72 h in 24 steps`, `bidirectional LSTM(32, 64) over 240 h in 240 steps`. */
export function describeNetwork({ cell, units, bidirectional, steps, stepSpan }: NetworkSpec): string {
  const layers = `${bidirectional ? 'bidirectional ' : ''}${cell.toUpperCase()}(${units.join(', ')})`
  const hours = Number(((steps * stepSpan) / HOUR).toFixed(1))
  return `${layers} over ${hours} h in ${steps} steps`
}
