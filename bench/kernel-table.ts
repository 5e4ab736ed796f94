import { markdownTable } from '../src/report/markdown-table.ts'
import { median } from './harness.ts'
import type { KernelResults, TaskResult } from './kernel-results.ts'
import type { ContenderName } from './kernel-selection.ts'
import { flopsOf, NETWORKS, type NetworkName } from './recurrent-tasks.ts'

/** What is meant to be reached: the relaxed build against PyTorch on one thread and against the stock layers. */
const TARGETS: Partial<Record<NetworkName, { step: [number, number]; window: number }>> = {
  gru32: { step: [3.5, 45], window: 20 },
  bigru32: { step: [3.5, 40], window: 25 },
  gru32x64: { step: [2.2, 35], window: 18 },
}

/** Of two threads against one, on two idle cores. */
const THREADS_TARGET = 1.7

/** The results for people, in Markdown. */
export function kernelTables(results: KernelResults): string {
  const { machine, rounds, versions, left, peak, tasks, loop } = results
  const steps = (batch: 128 | 32): string | undefined =>
    table(
      [
        `train step, batch ${batch}`,
        'relaxed',
        'simd128',
        'stock wasm',
        'at its defaults',
        'PyTorch',
        'x PyTorch (target)',
        'of peak',
        'x PyTorch at the peak',
        'x stock',
        'x its defaults (target)',
        'simd128 x PyTorch',
        "the pipeline's trainer",
        'x PyTorch',
        'of peak',
      ],
      tasks.filter(({ task }) => task.batch === batch).map((result) => stepRow(result, results)),
    )
  const windows = table(
    ['one window, predict', 'relaxed', 'simd128', 'stock wasm', 'PyTorch', 'x PyTorch (target)', 'x stock'],
    tasks.filter(({ task }) => task.batch === 'window').map(windowRow),
  )
  const trainers = table(
    [
      "the pipeline's trainer",
      'batch',
      '1 thread',
      '2 threads',
      'times (target)',
      'undisturbed',
      'each of two trainers at once',
      'times',
      'undisturbed',
    ],
    tasks
      .filter(
        ({ task, milliseconds }) =>
          task.batch !== 'window' && (milliseconds.trainer2 ?? milliseconds.twins) !== undefined,
      )
      .map((result) => [
        NETWORKS[result.task.network].title,
        String(result.task.batch),
        ms(result, 'trainer1'),
        ms(result, 'trainer2'),
        aimed(ratio(result, 'trainer1', 'trainer2'), THREADS_TARGET),
        ratio(result, 'trainer1', 'trainer2', { of: 'undisturbed' }),
        ms(result, 'twins'),
        ratio(result, 'trainer1', 'twins', { steps: 2 }),
        ratio(result, 'trainer1', 'twins', { steps: 2, of: 'undisturbed' }),
      ]),
  )
  return [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; ${rounds === 1 ? 'one round' : `medians of ${rounds} interleaved rounds`}, ms; 240 steps of 14 features.`,
    `Load of the machine before and after: ${machine.load.map((value) => value.toFixed(1)).join(' and ')} (the bench itself makes 1 to 2; more means that others were at work and figures are rough).`,
    `Contenders: ${Object.values(versions).join('; ')}.`,
    `Multiply-add peak of one core in 128-bit vectors, measured: ${(['relaxed', 'simd128'] as const)
      .map((name) => `${name} ${peak[name]?.toFixed(1) ?? '-'} GFLOP/s`)
      .join(', ')}.`,
    ...left.map((what) => `Left out: ${what}.`),
    "'Its defaults': `tf.layers.gru({ units })` as it is, with hard sigmoids for gates; all others have sigmoids.",
    "'Of peak': the least a step's products can take, all at the relaxed build's multiply-add peak, as a share of what the step took. That peak is of 128 bits; PyTorch's library multiplies with the vectors of the core it names, up to four times as wide.",
    "'At the peak': what the ratio would be if all a step's products ran at that peak and nothing else took any time.",
    "'The pipeline's trainer': its own step on one thread, the kernel from the inputs to the loss and back and its own AdamW; 'relaxed' is the kernel as a layer of TensorFlow.js, with that one's loss and Adam.",
    "'Undisturbed': of the tenth of all steps that took least, for both; a shared machine's cores are never idle for long.",
    "'Two trainers at once': two processes of one thread each, which share nothing, by their harmonic mean; what the second core of this machine is worth.",
    ...[steps(128), steps(32), windows, trainers].flatMap((part) => (part === undefined ? [] : ['', part])),
    '',
    loop
      ? `Event loop beside ${loop.seconds} s of training without a pause (${loop.engine}; ${loop.steps} steps at batch 128, ${loop.forecasts} forecasts): delay p50 ${loop.p50.toFixed(1)} ms, p99 ${loop.p99.toFixed(1)} ms, largest ${loop.largest.toFixed(1)} ms (target: p99 under 20 ms).`
      : 'A part of the bench: not written to bench/results, the event loop not measured.',
  ].join('\n')
}

function stepRow(result: TaskResult, { peak }: KernelResults): string[] {
  const { network, batch } = result.task
  const targets = batch === 128 ? TARGETS[network]?.step : undefined
  const { relaxed, pytorch, trainer1 } = result.milliseconds
  // Nothing but the products that no way of computing it can do without, each at the peak.
  const least = peak.relaxed && flopsOf(result.task) / peak.relaxed / 1e6
  const share = (taken: number | undefined) =>
    taken && least ? `${Math.round((100 * least) / taken)} %` : '-'
  return [
    NETWORKS[network].title,
    ...(['relaxed', 'simd128', 'stock', 'defaults', 'pytorch'] as const).map((name) => ms(result, name)),
    aimed(ratio(result, 'pytorch', 'relaxed'), targets?.[0]),
    share(relaxed),
    pytorch && least ? (pytorch / least).toPrecision(3) : '-',
    ratio(result, 'stock', 'relaxed'),
    aimed(ratio(result, 'defaults', 'relaxed'), targets?.[1]),
    ratio(result, 'pytorch', 'simd128'),
    ms(result, 'trainer1'),
    ratio(result, 'pytorch', 'trainer1'),
    share(trainer1),
  ]
}

function windowRow(result: TaskResult): string[] {
  const target = TARGETS[result.task.network]?.window
  return [
    NETWORKS[result.task.network].title,
    ...(['relaxed', 'simd128', 'stock', 'pytorch'] as const).map((name) => ms(result, name)),
    aimed(ratio(result, 'pytorch', 'relaxed'), target),
    ratio(result, 'stock', 'relaxed'),
  ]
}

function ms({ milliseconds }: TaskResult, name: ContenderName): string {
  const value = milliseconds[name]
  return value === undefined ? '-' : value.toPrecision(3)
}

/**
 * Median of the ratios within each round: what slows the machine for a while slows both. `steps` is how many the
 * faster one makes in its time.
 */
function ratio(
  result: TaskResult,
  slow: ContenderName,
  fast: ContenderName,
  { steps = 1, of = 'rounds' }: { readonly steps?: number; readonly of?: 'rounds' | 'undisturbed' } = {},
): string {
  const [above, below] = [result[of][slow], result[of][fast]]
  if (!above || !below) return '-'
  return median(above.map((value, round) => (steps * value) / below[round]!)).toPrecision(3)
}

/** A figure beside what it is meant to reach. */
function aimed(figure: string, target: number | undefined): string {
  return target === undefined || figure === '-' ? figure : `${figure} (${target})`
}

/** Undefined where no such task was chosen. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string | undefined {
  if (rows.length === 0) return undefined
  return markdownTable({ head, rows, figures: true })
}
