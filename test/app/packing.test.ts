import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packed, unpacked } from '../../src/app/packing.ts'
import { seededRandom } from '../../src/domain/random.ts'

describe('packing', () => {
  it('packing - whatever was packed comes back, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(Buffer.from(await unpacked(await packed(bytes)))).toEqual(Buffer.from(bytes))
      }),
    )
  })

  it('packing - what is there twice, far apart, takes room once', async () => {
    const random = seededRandom(1)
    const once = Uint8Array.from({ length: 2 ** 20 }, () => random.below(256))
    const twice = new Uint8Array(2 * once.length)
    twice.set(once)
    twice.set(once, once.length)
    expect((await packed(twice)).length).toBeLessThan(1.1 * once.length)
  })

  it('packing - what was not packed, or is not whole, is refused', async () => {
    const bytes = await packed(Uint8Array.from({ length: 1000 }, (_, i) => i))
    for (const wrong of [
      new Uint8Array(0),
      bytes.subarray(0, 3),
      bytes.subarray(0, -1),
      bytes.subarray(4),
      Uint8Array.from(bytes, (byte, place) => (place === 1 ? byte + 1 : byte)),
    ]) {
      await expect(unpacked(wrong)).rejects.toThrow()
    }
  })
})
