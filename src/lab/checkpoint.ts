import { z } from 'zod'
import { type Result, resultSchema } from './result.ts'

/** Where training stands after an epoch: all that it takes to go on as if nothing had happened. */
export interface Checkpoint {
  readonly result: Result
  readonly parameters: Float32Array
  /** RMSprop's mean squares. */
  readonly squares: Float32Array
  /** Parameters of the best epoch. */
  readonly best: Float32Array
}

const checkpointSchema = z.object({
  result: resultSchema,
  parameters: z.base64(),
  squares: z.base64(),
  best: z.base64(),
})

export function checkpointText({ result, parameters, squares, best }: Checkpoint): string {
  return JSON.stringify({
    result,
    parameters: packed(parameters),
    squares: packed(squares),
    best: packed(best),
  })
}

export function checkpointFrom(text: string): Checkpoint {
  const { result, parameters, squares, best } = checkpointSchema.parse(JSON.parse(text))
  return { result, parameters: unpacked(parameters), squares: unpacked(squares), best: unpacked(best) }
}

function packed(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')
}

function unpacked(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64')
  const values = new Float32Array(bytes.length / Float32Array.BYTES_PER_ELEMENT)
  new Uint8Array(values.buffer).set(bytes)
  return values
}
