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
  readonly symv: (size: number, matrix: number, x: number, into: number) => void
  readonly downdate: (size: number, count: number, block: number, ...addresses: number[]) => void
  readonly lowRankCorrection: (size: number, count: number, block: number, ...addresses: number[]) => void
  readonly gemv: (columns: number, outputs: number, ...addresses: number[]) => void
  readonly ger: (columns: number, outputs: number, ...addresses: number[]) => void
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
  const { memory, heapStart, symv, downdate, lowRankCorrection, gemv, ger } = exports
  const block = ({ projections }: Gains): number => SIDE * projections.length * DOUBLE
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
    symv: (matrix, x, into) => symv(x.length, matrix.byteOffset, x.byteOffset, into.byteOffset),
    downdate(matrix, gains) {
      const { panels, scaled, projections, count } = gains
      const size = panels.length / projections.length
      downdate(size, count, block(gains), matrix.byteOffset, panels.byteOffset, scaled.byteOffset)
    },
    lowRankCorrection(gains, x, into) {
      const { panels, scaled, projections, count } = gains
      const places = [panels, scaled, x, projections, into].map(({ byteOffset }) => byteOffset)
      lowRankCorrection(x.length, count, block(gains), ...places)
    },
    gemv: (weights, row, into) =>
      gemv(row.length, into.length, weights.byteOffset, row.byteOffset, into.byteOffset),
    ger: (weights, gain, innovations) =>
      ger(gain.length, innovations.length, weights.byteOffset, gain.byteOffset, innovations.byteOffset),
  }
}

function inLines(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE
}

const FUNCTIONS = ['heapStart', 'symv', 'downdate', 'lowRankCorrection', 'gemv', 'ger'] as const

function isKernel(exports: object): exports is Exports {
  return FUNCTIONS.every((name) => name in exports)
}
