import { NETWORKS, TASKS, type Task } from './recurrent-tasks.ts'

/** The contenders, by the names that the tables use. */
export const CONTENDERS = [
  'relaxed',
  'simd128',
  'stock',
  'defaults',
  'pytorch',
  'trainer1',
  'trainer2',
  'twins',
] as const
export type ContenderName = (typeof CONTENDERS)[number]

/** Several contenders by one name. */
const GROUPS: Readonly<Record<string, readonly ContenderName[]>> = {
  ours: ['relaxed', 'simd128', 'trainer1'],
  threads: ['trainer1', 'trainer2', 'twins'],
}

/** Which part of the kernel's bench to run. */
export interface Selection {
  /** At least 1. */
  readonly rounds: number
  readonly tasks: readonly Task[]
  readonly contenders: readonly ContenderName[]
}

/** `gru32/128`, `gru32/window` */
const taskName = ({ network, batch }: Task): string => `${network}/${batch}`

/** The tasks of a list of names: `gru32` is all three of that network, `gru32/128` one; an error lists those there are. */
export function tasksNamed(list: string): Task[] {
  const chosen = new Set(
    namesIn(list).flatMap((name) => {
      const found = TASKS.filter((task) => task.network === name || taskName(task) === name)
      if (found.length === 0) throw unknown('task', name, [...Object.keys(NETWORKS), ...TASKS.map(taskName)])
      return found
    }),
  )
  return TASKS.filter((task) => chosen.has(task))
}

/** The contenders of a list of names and groups, in the order of the tables; an error lists those there are. */
export function contendersNamed(list: string): ContenderName[] {
  const chosen = new Set<ContenderName>(
    namesIn(list).flatMap((name) => {
      const found = GROUPS[name] ?? CONTENDERS.filter((contender) => contender === name)
      if (found.length === 0) throw unknown('contender', name, [...Object.keys(GROUPS), ...CONTENDERS])
      return found
    }),
  )
  // The twins are two trainers at once, of which the other is the one that also runs alone.
  if (chosen.has('twins')) chosen.add('trainer1')
  return CONTENDERS.filter((name) => chosen.has(name))
}

/** How many rounds: a whole number from 1. */
export function roundsNamed(text: string): number {
  const rounds = Number(text)
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError(`a whole number from 1; not '${text}'`)
  return rounds
}

/** As arguments for the process that measures. */
export function argsOf({ rounds, tasks, contenders }: Selection): string[] {
  return [String(rounds), tasks.map(taskName).join(','), contenders.join(',')]
}

/** What `argsOf` wrote. */
export function selectionOf([rounds = '', tasks = '', contenders = '']: readonly string[]): Selection {
  return {
    rounds: roundsNamed(rounds),
    tasks: tasksNamed(tasks),
    contenders: contendersNamed(contenders),
  }
}

/** Everything, often enough for medians: only that is worth keeping as the project's figures. */
export function isWhole({ rounds, tasks, contenders }: Selection, minRounds: number): boolean {
  return rounds >= minRounds && tasks.length === TASKS.length && contenders.length === CONTENDERS.length
}

const namesIn = (list: string): string[] => list.split(',').map((name) => name.trim())

function unknown(kind: string, name: string, known: readonly string[]): RangeError {
  return new RangeError(`no ${kind} is named '${name}': ${known.join(', ')}`)
}
