import { expect, test } from 'vitest'
import type { OptimizerState } from '../../src/learn/trainer.ts'
import { cloneState, initialOptimizerState, optimizerStep } from '../../src/networks/optimizer.ts'

const step = (state: OptimizerState, gradient: Float32Array, learningRate: number, emaDecay = 0.97): void =>
  optimizerStep(state, gradient, { learningRate, emaDecay })

test('optimizer - it finds the lowest point of a bowl', () => {
  const lowest = [3, -2]
  const optimizer = initialOptimizerState(Float32Array.of(0, 0))
  for (let count = 0; count < 3000; count++) {
    const gradient = optimizer.parameters.map((value, index) => value - lowest[index]!)
    step(optimizer, gradient, 0.01)
  }
  expect(optimizer.parameters[0]).toBeCloseTo(3, 1)
  expect(optimizer.parameters[1]).toBeCloseTo(-2, 1)
})

test('optimizer - the first step goes by the learning rate, downhill, whatever the gradient', () => {
  const optimizer = initialOptimizerState(Float32Array.of(0, 0, 0))
  step(optimizer, Float32Array.of(1e-3, -0.5, 0), 0.01)
  expect(optimizer.parameters[0]).toBeCloseTo(-0.01, 4)
  expect(optimizer.parameters[1]).toBeCloseTo(0.01, 4)
  expect(optimizer.parameters[2]).toBe(0)
})

test('optimizer - a gradient longer than 1 is cut to 1 and keeps its direction', () => {
  const steep = initialOptimizerState(Float32Array.of(0, 0))
  const within = initialOptimizerState(Float32Array.of(0, 0))
  step(steep, Float32Array.of(300, 400), 0.01)
  step(within, Float32Array.of(0.6, 0.8), 0.01)
  expect(steep.firstMoment[0]).toBeCloseTo(within.firstMoment[0]!, 6)
  expect(steep.firstMoment[1]).toBeCloseTo(within.firstMoment[1]!, 6)
})

test('optimizer - parameters decay towards zero where nothing pulls at them', () => {
  const optimizer = initialOptimizerState(Float32Array.of(2))
  step(optimizer, Float32Array.of(0), 0.1)
  expect(optimizer.parameters[0]).toBeCloseTo(2 * (1 - 0.1 * 0.01), 6)
})

test('optimizer - the average follows the parameters closely at first and slowly later', () => {
  const optimizer = initialOptimizerState(Float32Array.of(0))
  step(optimizer, Float32Array.of(-1), 1)
  expect(optimizer.average[0]).toBeCloseTo((1 - 2 / 11) * optimizer.parameters[0]!, 4)
  for (let count = 1; count < 500; count++) step(optimizer, Float32Array.of(0), 0)
  const before = optimizer.average[0]!
  optimizer.parameters[0] = before + 1
  step(optimizer, Float32Array.of(0), 0)
  expect(optimizer.average[0]! - before).toBeCloseTo(0.03, 3)
})

test('optimizer - an average of longer memory follows more slowly', () => {
  const optimizer = initialOptimizerState(Float32Array.of(0))
  for (let count = 0; count < 5000; count++) step(optimizer, Float32Array.of(0), 0, 0.998)
  optimizer.parameters[0] = 1
  step(optimizer, Float32Array.of(0), 0, 0.998)
  expect(optimizer.average[0]).toBeCloseTo(0.002, 4)
})

test('optimizer - a copy stays as it was', () => {
  const optimizer = initialOptimizerState(Float32Array.of(1, 2))
  const copy = cloneState(optimizer)
  step(optimizer, Float32Array.of(1, 1), 0.1)
  expect(copy).toEqual(initialOptimizerState(Float32Array.of(1, 2)))
})
