import { expect, test } from 'vitest'
import { cloneState, optimizerFor, optimizerStep } from '../../src/networks/optimizer.ts'

test('optimizer - it finds the lowest point of a bowl', () => {
  const lowest = [3, -2]
  const optimizer = optimizerFor(Float32Array.of(0, 0))
  for (let step = 0; step < 3000; step++) {
    const gradient = optimizer.parameters.map((value, index) => value - lowest[index]!)
    optimizerStep(optimizer, gradient, 0.01)
  }
  expect(optimizer.parameters[0]).toBeCloseTo(3, 1)
  expect(optimizer.parameters[1]).toBeCloseTo(-2, 1)
})

test('optimizer - the first step goes by the learning rate, downhill, whatever the gradient', () => {
  const optimizer = optimizerFor(Float32Array.of(0, 0, 0))
  optimizerStep(optimizer, Float32Array.of(1e-3, -0.5, 0), 0.01)
  expect(optimizer.parameters[0]).toBeCloseTo(-0.01, 4)
  expect(optimizer.parameters[1]).toBeCloseTo(0.01, 4)
  expect(optimizer.parameters[2]).toBe(0)
})

test('optimizer - a gradient longer than 1 is cut to 1 and keeps its direction', () => {
  const steep = optimizerFor(Float32Array.of(0, 0))
  const clip = optimizerFor(Float32Array.of(0, 0))
  optimizerStep(steep, Float32Array.of(300, 400), 0.01)
  optimizerStep(clip, Float32Array.of(0.6, 0.8), 0.01)
  expect(steep.firstMoment[0]).toBeCloseTo(clip.firstMoment[0]!, 6)
  expect(steep.firstMoment[1]).toBeCloseTo(clip.firstMoment[1]!, 6)
})

test('optimizer - parameters decay towards zero where nothing pulls at them', () => {
  const optimizer = optimizerFor(Float32Array.of(2))
  optimizerStep(optimizer, Float32Array.of(0), 0.1)
  expect(optimizer.parameters[0]).toBeCloseTo(2 * (1 - 0.1 * 0.01), 6)
})

test('optimizer - the average follows the parameters closely at first and slowly later', () => {
  const optimizer = optimizerFor(Float32Array.of(0))
  optimizerStep(optimizer, Float32Array.of(-1), 1)
  expect(optimizer.average[0]).toBeCloseTo((1 - 2 / 11) * optimizer.parameters[0]!, 4)
  for (let step = 1; step < 500; step++) optimizerStep(optimizer, Float32Array.of(0), 0)
  const before = optimizer.average[0]!
  optimizer.parameters[0] = before + 1
  optimizerStep(optimizer, Float32Array.of(0), 0)
  expect(optimizer.average[0]! - before).toBeCloseTo(0.03, 3)
})

test('optimizer - an average of longer memory follows more slowly', () => {
  const optimizer = optimizerFor(Float32Array.of(0), 0.998)
  for (let step = 0; step < 5000; step++) optimizerStep(optimizer, Float32Array.of(0), 0)
  optimizer.parameters[0] = 1
  optimizerStep(optimizer, Float32Array.of(0), 0)
  expect(optimizer.average[0]).toBeCloseTo(0.002, 4)
})

test('optimizer - a copy stays as it was', () => {
  const optimizer = optimizerFor(Float32Array.of(1, 2))
  const copy = cloneState(optimizer)
  optimizerStep(optimizer, Float32Array.of(1, 1), 0.1)
  expect(copy).toEqual(optimizerFor(Float32Array.of(1, 2)))
})
