import { deserialize } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { stateMemory } from '../../src/app/state-memory.ts'
import { serialLayout } from '../../src/core/serial-layout.ts'
import { deferred } from '../../src/domain/deferred.ts'

const MIB = 2 ** 20 / Float64Array.BYTES_PER_ELEMENT

describe('state memory', () => {
  it('state memory - what changes while room is made is written as it is then, all of one moment', async () => {
    const state = { ticks: 0, times: new Float64Array(MIB) }
    let next: NodeJS.Immediate | undefined
    const tick = (): void => {
      state.ticks++
      state.times.fill(state.ticks)
      next = setImmediate(tick)
    }
    next = setImmediate(tick)
    let asked = 0
    const bytes = await stateMemory().use(async (write) =>
      write(() => {
        asked++
        return serialLayout(state)
      }),
    )
    clearImmediate(next)
    const read = deserialize(Uint8Array.from(bytes ?? [])) as typeof state
    expect(asked).toBe(2)
    expect(read.ticks).toBeGreaterThan(0)
    expect(read.times.every((time) => time === read.ticks)).toBe(true)
  })

  it('state memory - one is written after the other, also behind one that fails, in the same memory', async () => {
    const memory = stateMemory()
    const stored = deferred<void>()
    const layout = (value: number) => () => serialLayout(Float64Array.of(value))
    const said: unknown[] = []
    const first = memory.use(async (write) => {
      const bytes = await write(layout(1))
      await stored.promise
      said.push(deserialize(Uint8Array.from(bytes!)))
      return bytes!.buffer
    })
    const failing = memory.use(async () => {
      throw new Error('the disk is full')
    })
    const second = memory.use(async (write) => (await write(layout(2)))!.buffer)
    await Promise.resolve()
    stored.resolve()
    await expect(failing).rejects.toThrow('the disk is full')
    expect(await second).toBe(await first)
    expect(said).toEqual([Float64Array.of(1)])
  })

  it('state memory - nothing is written of what is over by the time that there is room', async () => {
    const layouts = [serialLayout(new Float64Array(MIB)), undefined]
    expect(await stateMemory().use((write) => write(() => layouts.shift()))).toBeUndefined()
    expect(layouts).toHaveLength(0)
  })
})
