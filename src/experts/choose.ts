import { TickcastError } from '../domain/errors.ts'
import type { Station } from '../domain/station.ts'
import type { NetworkSpec } from '../domain/weights.ts'
import { freeThreads } from '../networks/trainer-pool.ts'
import type { Expert, ExpertEntry, ExpertOptions, NetworkOptions } from './expert.ts'
import { neighbourExperts, neighbourModelNames } from './neighbours.ts'
import { outsideExperts, outsideNames } from './outside.ts'
import { recurrent } from './recurrent.ts'
import { EXPERTS } from './registry.ts'

/** Who takes part in the mixture. */
export interface ExpertChoice {
  /** Those alone; all where it is absent. */
  readonly experts?: readonly string[]
  readonly without?: readonly string[]
  /** False for no recurrent network. */
  readonly network: boolean
  /** Any of these three: one recurrent network of that shape, named `network`, in the place of all others. */
  readonly cell?: NetworkSpec['cell']
  readonly units?: readonly number[]
  readonly bidirectional?: true
}

/** The recurrent network that flags describe. */
const SHAPED = 'network'

/** Every name that can be chosen; the last is that of the network that is described by its shape. */
export const EXPERT_NAMES: readonly string[] = [...EXPERTS.map(({ name }) => name), SHAPED]

/** Those that take part, in the order of tables. Throws where nobody is left. */
export function chosenEntries(choice: ExpertChoice): readonly ExpertEntry[] {
  const shaped = shapedNetwork(choice)
  const all = shaped ? [...EXPERTS.filter(({ learnsFrom }) => learnsFrom !== 'lookbacks'), shaped] : EXPERTS
  const chosen = all.filter(
    ({ name, learnsFrom }) =>
      (choice.experts?.includes(name) ?? true) &&
      !choice.without?.includes(name) &&
      (choice.network || learnsFrom !== 'lookbacks'),
  )
  if (chosen.length > 0) return chosen
  throw new TickcastError('usage', '--experts, --without and --no-network leave nobody to forecast')
}

function shapedNetwork({ cell, units, bidirectional }: ExpertChoice): ExpertEntry | undefined {
  if (cell === undefined && units === undefined && bidirectional === undefined) return undefined
  return recurrent(SHAPED, {
    cell: cell ?? 'gru',
    units: units ?? [32],
    bidirectional: bidirectional ?? false,
    seed: 0,
  })
}

export interface ExpertFlags extends ExpertChoice, NetworkOptions {
  readonly seed: number
}

/** Those of a station, in the order of tables: those chosen, and of each issuer outside and each neighbour that it names. */
export function expertNames(station: Station, choice: ExpertChoice): readonly string[] {
  const chosen = chosenEntries(choice).map(({ name }) => name)
  return [...chosen, ...outsideNames(station), ...neighbourModelNames(station)]
}

/** New experts for a station. */
export function expertsFor(station: Station, flags: ExpertFlags): readonly Expert[] {
  const entries = chosenEntries(flags)
  const inTurn = entries.filter(({ learnsFrom }) => learnsFrom === 'lookbacks')
  const { seed, lookback, stride, trainEvery, roundSteps, batch, threads } = flags
  const chosen = entries.map((entry) => {
    const options: ExpertOptions = {
      seed,
      networks: {
        trainEvery,
        roundSteps,
        batch,
        ...(lookback !== undefined && { lookback }),
        ...(stride !== undefined && { stride }),
        // Alone, a network has all threads; together, each has one and they learn side by side.
        threads: threads ?? (inTurn.length === 1 ? freeThreads() : 1),
      },
      turn: { place: Math.max(0, inTurn.indexOf(entry)), of: Math.max(1, inTurn.length) },
    }
    return entry.create(station, options)
  })
  return [...chosen, ...outsideExperts(station), ...neighbourExperts(station, { seed })]
}
