import type { Build } from '../wasm/load-build.ts'
import type { Variant } from '../wasm/variant.ts'
import { type Heap, heapOver } from './kernel-heap.ts'

/** A pass over a block of samples, described by what lies at the address. */
type RunPass = (address: number) => void

/** What the WebAssembly module exports. */
interface Exports {
  readonly gruForward: RunPass
  readonly gruBackward: RunPass
  readonly gruWindow: RunPass
  readonly lstmForward: RunPass
  readonly lstmBackward: RunPass
  readonly lstmWindow: RunPass
  /** A step of a network of one hidden layer, described by what lies at the address; its loss. */
  readonly mlpStep: (address: number) => number
  /** The same network's forward half. */
  readonly mlpForward: RunPass
  /** A step of a recurrent network's head, described by what lies at the address; its loss. */
  readonly headStep: (address: number) => number
  readonly packPanels: (
    columns: number,
    known: number,
    rows: number,
    source: number,
    rowStride: number,
    columnStride: number,
    panels: number,
    panelRows: number,
    from: number,
  ) => void
  /** Runs so many iterations of `FLOPS_PER_ITERATION` operations. */
  readonly multiplyAddPeak: (iterations: number) => number
}

/** The kernel as it runs in this thread: each thread has one of its own, memory included. */
export interface Kernel {
  readonly variant: Variant
  readonly run: Exports
  readonly heap: Heap
}

/** Operations in a turn of `multiplyAddPeak`, a multiply-add counted as two. */
export const FLOPS_PER_ITERATION = 96

export function openKernel({ variant, module }: Build): Kernel {
  const { exports } = new WebAssembly.Instance(module)
  const { memory, heapStart } = exports
  if (!(memory instanceof WebAssembly.Memory) || typeof heapStart !== 'function' || !isKernel(exports)) {
    throw new Error(`the ${variant} build is no recurrent kernel: build it anew with 'npm run build'`)
  }
  return { variant, run: exports, heap: heapOver(memory, heapStart()) }
}

const FUNCTIONS: readonly (keyof Exports)[] = [
  'gruForward',
  'gruBackward',
  'gruWindow',
  'lstmForward',
  'lstmBackward',
  'lstmWindow',
  'mlpStep',
  'mlpForward',
  'headStep',
  'packPanels',
  'multiplyAddPeak',
]

function isKernel(exports: object): exports is Exports {
  return FUNCTIONS.every((name) => name in exports)
}
