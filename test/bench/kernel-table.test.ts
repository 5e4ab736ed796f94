import { describe, expect, it } from 'vitest'
import type { KernelResults, TaskResult } from '../../bench/kernel-results.ts'
import type { ContenderName } from '../../bench/kernel-selection.ts'
import { kernelTables } from '../../bench/kernel-table.ts'
import { flopsOf, type Task } from '../../bench/recurrent-tasks.ts'

const TASK: Task = { network: 'gru32', batch: 128 }

function resultOf(milliseconds: Partial<Record<ContenderName, number>>): TaskResult {
  const rounds = Object.fromEntries(Object.entries(milliseconds).map(([name, value]) => [name, [value]]))
  return { task: TASK, milliseconds, rounds, undisturbed: rounds }
}

function tablesOf(task: TaskResult, left: readonly string[] = []): string {
  const results: KernelResults = {
    machine: { cpu: 'a processor', cores: 2, node: 'v20', load: [0, 1] },
    rounds: 1,
    versions: { pytorch: 'PyTorch 2 (AVX512), OpenBLAS 0.3 for SkylakeX, 1 thread' },
    left,
    peak: { relaxed: 50 },
    tasks: [task],
    loop: undefined,
  }
  return kernelTables(results)
}

/** The one row of the first table, by its heads; a head that comes twice has both. */
function rowOf(tables: string): Record<string, string[]> {
  const [head = [], , row = []] = tables
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
  const cells: Record<string, string[]> = {}
  for (const [index, name] of head.entries()) cells[name] = [...(cells[name] ?? []), row[index] ?? '']
  return cells
}

describe('kernel table', () => {
  it('kernel table - beside each ratio to PyTorch stands the share of the measured peak', () => {
    /** Milliseconds of the products alone, at 50 GFLOP/s. */
    const least = flopsOf(TASK) / 50e6
    const row = rowOf(tablesOf(resultOf({ relaxed: 2 * least, pytorch: 6 * least, trainer1: 1.25 * least })))
    expect(row).toMatchObject({
      'x PyTorch (target)': ['3.00 (3.5)'],
      'x PyTorch': ['4.80'],
      'of peak': ['50 %', '80 %'],
      'x PyTorch at the peak': ['6.00'],
    })
  })

  it('kernel table - who took no part has no figures, and is said to have been left out', () => {
    const tables = tablesOf(resultOf({ relaxed: 20 }), ['pytorch: apt-get install python3-torch'])
    expect(rowOf(tables)).toMatchObject({ PyTorch: ['-'], 'x PyTorch (target)': ['-'], 'x PyTorch': ['-'] })
    expect(tables).toContain('Left out: pytorch: apt-get install python3-torch.')
    expect(tables).not.toContain('one window, predict')
    expect(tables).toContain('A part of the bench')
  })

  it('kernel table - what the peer says of itself is quoted, its core among it', () => {
    expect(tablesOf(resultOf({ relaxed: 20 }))).toContain('OpenBLAS 0.3 for SkylakeX')
  })
})
