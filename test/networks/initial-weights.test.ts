import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/domain/random.ts'
import type { NetworkSpec } from '../../src/domain/weights.ts'
import { glorotUniform, initialNetwork, orthonormalRows } from '../../src/networks/initial-weights.ts'
import { parameterCount, shapedNetwork, weightShapes } from '../../src/networks/network-layout.ts'
import { SMALL } from './networks.ts'

const BIDIRECTIONAL: NetworkSpec = { ...SMALL, cell: 'lstm', units: [8, 6], bidirectional: true }

describe('initial weights', () => {
  it('initial weights - are drawn from the seed: one gives the same, another gives others', () => {
    expect(initialNetwork(SMALL, 1)).toEqual(initialNetwork(SMALL, 1))
    expect(initialNetwork(SMALL, 2)).not.toEqual(initialNetwork(SMALL, 1))
    expect(initialNetwork(BIDIRECTIONAL, 1)).toHaveLength(parameterCount(BIDIRECTIONAL))
  })

  it('initial weights - kernels are spread evenly within their Glorot limit, biases are zero', () => {
    const spec: NetworkSpec = { ...SMALL, units: [64] }
    const roles = weightShapes(spec)
    for (const [index, { shape, values }] of shapedNetwork(spec, initialNetwork(spec, 3)).entries()) {
      const { role } = roles[index]!
      if (role === 'bias') expect(values.every((value) => value === 0)).toBe(true)
      if (role !== 'kernel' && role !== 'recurrent') continue
      const limit = Math.sqrt(6 / (shape[0]! + shape[1]!))
      const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(Math.fround(limit))
      expect(variance / (limit ** 2 / 3)).toBeGreaterThan(0.9)
      expect(variance / (limit ** 2 / 3)).toBeLessThan(1.1)
    }
  })

  it('initial weights - the two directions of a layer are drawn apart', () => {
    const [ahead, , , back] = shapedNetwork(BIDIRECTIONAL, initialNetwork(BIDIRECTIONAL, 1))
    expect(back!.shape).toEqual(ahead!.shape)
    expect(back!.values).not.toEqual(ahead!.values)
  })

  it('initial weights - what is drawn has the shape asked for, and orthonormal rows are that', () => {
    expect(glorotUniform(3, 5, seededRandom(1))).toHaveLength(15)
    const [rows, columns] = [4, 9]
    const values = orthonormalRows(rows, columns, seededRandom(1))
    for (let one = 0; one < rows; one++) {
      for (let other = 0; other <= one; other++) {
        let product = 0
        for (let at = 0; at < columns; at++)
          product += values[one * columns + at]! * values[other * columns + at]!
        expect(product).toBeCloseTo(one === other ? 1 : 0, 5)
      }
    }
  })
})
