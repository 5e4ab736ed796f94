import { describe, expect, it } from 'vitest'
import {
  argsOf,
  CONTENDERS,
  contendersNamed,
  isWhole,
  roundsNamed,
  selectionOf,
  tasksNamed,
} from '../../bench/kernel-selection.ts'
import { pytorchEnvironment } from '../../bench/peers/pytorch-environment.ts'
import { TASKS } from '../../bench/recurrent-tasks.ts'

describe('kernel bench', () => {
  it('kernel bench - a network names its three tasks, with a batch one of them, each once and in order', () => {
    expect(tasksNamed('gru32')).toEqual([
      { network: 'gru32', batch: 128 },
      { network: 'gru32', batch: 32 },
      { network: 'gru32', batch: 'window' },
    ])
    expect(tasksNamed('lstm32/window, gru32/128,gru32/128')).toEqual([
      { network: 'gru32', batch: 128 },
      { network: 'lstm32', batch: 'window' },
    ])
  })

  it('kernel bench - a name that is not known is rejected with those that are', () => {
    expect(() => tasksNamed('gru32,gru33')).toThrow(/^no task is named 'gru33': gru32, .*, lstm32\/window$/)
    expect(() => contendersNamed('torch')).toThrow(
      /^no contender is named 'torch': ours, .*pytorch, .*twins$/,
    )
    expect(() => contendersNamed('')).toThrow("no contender is named ''")
  })

  it('kernel bench - groups stand for their contenders, and twins bring the trainer that runs beside them', () => {
    expect(contendersNamed('pytorch,ours')).toEqual(['relaxed', 'simd128', 'pytorch', 'trainer1'])
    expect(contendersNamed('twins')).toEqual(['trainer1', 'twins'])
  })

  it('kernel bench - a single round is honoured, none or half of one refused', () => {
    expect(roundsNamed('1')).toBe(1)
    for (const text of ['0', '-1', '1.5', 'many', ''])
      expect(() => roundsNamed(text), text).toThrow(`a whole number from 1; not '${text}'`)
  })

  it('kernel bench - what is chosen arrives at the process that measures', () => {
    const selection = { rounds: 2, tasks: tasksNamed('bigru32/32'), contenders: contendersNamed('stock') }
    expect(selectionOf(argsOf(selection))).toEqual(selection)
  })

  it('kernel bench - only everything in rounds enough is kept as figures', () => {
    const all = { rounds: 5, tasks: TASKS, contenders: CONTENDERS }
    expect(isWhole(all, 5)).toBe(true)
    expect(isWhole({ ...all, rounds: 4 }, 5)).toBe(false)
    expect(isWhole({ ...all, tasks: TASKS.slice(1) }, 5)).toBe(false)
    expect(isWhole({ ...all, contenders: ['relaxed', 'pytorch'] }, 5)).toBe(false)
  })

  it('kernel bench - PyTorch is not told which core to compute for, but that it has one thread', () => {
    const inherited = {
      PATH: '/usr/bin',
      OPENBLAS_CORETYPE: 'Haswell',
      OPENBLAS_L2_SIZE: '131072',
      OPENBLAS_NUM_THREADS: '8',
      ATEN_CPU_CAPABILITY: 'default',
    }
    expect(pytorchEnvironment(inherited)).toEqual({
      PATH: '/usr/bin',
      OMP_NUM_THREADS: '1',
      OPENBLAS_NUM_THREADS: '1',
    })
  })
})
