import { deserialize, serialize } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serialLayout } from '../../src/core/serial-layout.ts'

function written(value: unknown): Uint8Array {
  const layout = serialLayout(value)
  const bytes = layout.copyTo(new Uint8Array(layout.bytes + 5))
  expect(bytes).toHaveLength(layout.bytes)
  return bytes
}

const array = fc.oneof(
  fc.float64Array(),
  fc.float32Array(),
  fc.int32Array(),
  fc.array(fc.double()).map((all) => Float64Array.from([7, ...all]).subarray(1)),
)
const leaf = fc.oneof(
  ...[fc.double(), fc.integer(), fc.constant(undefined), fc.constant(null), fc.boolean()],
  ...[fc.string(), fc.string({ unit: 'grapheme' }), array],
)
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value')),
    fc.array(fc.tuple(fc.string(), tie('value'))).map((entries) => new Map(entries)),
  ),
})).value

describe('serial layout', () => {
  it('serial layout - plain data is written as Node writes it, byte for byte', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(Buffer.compare(written(value), serialize(value))).toBe(0)
      }),
    )
  })

  it('serial layout - arrays of odd bytes ahead of wide characters are read as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string({ unit: 'binary' }), (bytes, text) => {
        const value = [bytes, text, bytes, `${text}は`, Float64Array.of(1, Number.NaN)]
        expect(deserialize(written(value))).toEqual(value)
      }),
      { numRuns: 30 },
    )
  })

  it('serial layout - what is held twice is written once', () => {
    const shared = Float64Array.of(1, 2)
    const value = { one: shared, other: shared }
    const read = deserialize(written(value)) as typeof value
    expect(read.one).toBe(read.other)
    expect(Buffer.compare(written(value), serialize(value))).toBe(0)
  })

  it('serial layout - the bytes are those of the moment of the copy', () => {
    const value = { array: Float64Array.of(1) }
    const layout = serialLayout(value)
    const bytes = layout.copyTo(new Uint8Array(layout.bytes))
    value.array[0] = 2
    expect(deserialize(bytes)).toEqual({ array: Float64Array.of(1) })
  })
})
