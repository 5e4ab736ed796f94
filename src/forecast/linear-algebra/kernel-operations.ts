import { type Build, loadBuild } from '../../wasm/load-build.ts'
import type { Variant } from '../../wasm/variant.ts'
import { type Gains, type Operations, SIDE } from './operations.ts'

const BUILDS = new URL('./built/', import.meta.url)
const DOUBLE = Float64Array.BYTES_PER_ELEMENT
const PAGE = 65_536
const LINE = 64

interface Exports {
  readonly memory: WebAssembly.Memory
  readonly heapStart: () => number
  readonly multiply: (size: number, matrix: number, x: number, into: number) => void
  readonly lessen: (size: number, count: number, block: number, ...addresses: number[]) => void
  readonly correct: (size: number, count: number, block: number, ...addresses: number[]) => void
  readonly combine: (columns: number, outputs: number, ...addresses: number[]) => void
  readonly advance: (columns: number, outputs: number, ...addresses: number[]) => void
}

let loaded: Build | undefined | 'not yet' = 'not yet'

/** By WebAssembly, in a memory of their own that goes with the arrays; undefined where no build runs. */
export function kernelOperations(variants?: readonly Variant[]): Operations | undefined {
  if (variants) return operationsOf(loadBuild(BUILDS, variants))
  if (loaded === 'not yet') loaded = loadBuild(BUILDS)
  return operationsOf(loaded)
}

function operationsOf(build: Build | undefined): Operations | undefined {
  if (!build) return undefined
  const { exports } = new WebAssembly.Instance(build.module)
  if (!isKernel(exports)) {
    throw new Error(`the ${build.variant} build is no linear algebra: build it anew with 'npm run build'`)
  }
  const { memory, heapStart, multiply, lessen, correct, combine, advance } = exports
  const block = ({ along }: Gains): number => SIDE * along.length * DOUBLE
  return {
    arrays(lengths) {
      const names = Object.keys(lengths) as (keyof typeof lengths)[]
      let end = inLines(heapStart())
      const places = names.map((name) => {
        const at = end
        end = inLines(at + lengths[name] * DOUBLE)
        return { name, at, length: lengths[name] }
      })
      // Growing takes the buffer away from all views of it: memory grows once, and here.
      memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / PAGE)))
      const views = places.map(({ name, at, length }) => [name, new Float64Array(memory.buffer, at, length)])
      return Object.fromEntries(views)
    },
    multiply: (matrix, x, into) => multiply(x.length, matrix.byteOffset, x.byteOffset, into.byteOffset),
    lessen(matrix, gains) {
      const { panels, scaled, along, count } = gains
      const size = panels.length / along.length
      lessen(size, count, block(gains), matrix.byteOffset, panels.byteOffset, scaled.byteOffset)
    },
    correct(gains, x, into) {
      const { panels, scaled, along, count } = gains
      const places = [panels, scaled, x, along, into].map(({ byteOffset }) => byteOffset)
      correct(x.length, count, block(gains), ...places)
    },
    combine: (weights, row, into) =>
      combine(row.length, into.length, weights.byteOffset, row.byteOffset, into.byteOffset),
    advance: (weights, gain, steps) =>
      advance(gain.length, steps.length, weights.byteOffset, gain.byteOffset, steps.byteOffset),
  }
}

function inLines(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE
}

const FUNCTIONS = ['heapStart', 'multiply', 'lessen', 'correct', 'combine', 'advance'] as const

function isKernel(exports: object): exports is Exports {
  return FUNCTIONS.every((name) => name in exports)
}
