import { TickcastError } from '../domain/errors.ts'
import type { Station } from '../domain/station.ts'
import { EXPERTS } from '../forecast/experts.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import { MLP_EXPERTS, type MlpExpert } from '../networks/mlp/mlp-experts.ts'
import { RECURRENT_EXPERTS, type RecurrentExpert } from '../networks/recurrent-experts.ts'
import { type NetworkFlags, shapedNetwork } from './network.ts'

/** The flags that say who takes part in the mixture. */
export interface ExpertFlags {
  /** Those alone; all where it is absent. */
  readonly experts?: readonly string[]
  readonly without?: readonly string[]
}

/** Every name that the flags know; the last is that of the network which `--cell`, `--units` and `--bidirectional` describe. */
export const EXPERT_NAMES: readonly string[] = [
  ...EXPERTS.keys(),
  ...MLP_EXPERTS.map(({ name }) => name),
  ...RECURRENT_EXPERTS.map(({ name }) => name),
  'network',
]

export function takesPart(name: string, { experts, without }: ExpertFlags): boolean {
  return (experts?.includes(name) ?? true) && !without?.includes(name)
}

/** The recurrent networks that take part, in the order of tables: those of the registry, or one that flags describe. */
export function recurrentExpertsOf(flags: ExpertFlags & NetworkFlags): readonly RecurrentExpert[] {
  if (!flags.network) return []
  const shaped = shapedNetwork(flags)
  return (shaped ? [shaped] : RECURRENT_EXPERTS).filter(({ name }) => takesPart(name, flags))
}

/** The networks on features that take part, in the order of tables. */
export function denseExpertsOf(flags: ExpertFlags): readonly MlpExpert[] {
  return MLP_EXPERTS.filter(({ name }) => takesPart(name, flags))
}

/** New experts for a station, those that need no network, in the order of tables. */
export function expertsOf(station: Station, flags: ExpertFlags & { readonly seed: number }): Forecaster[] {
  return [...EXPERTS].filter(([name]) => takesPart(name, flags)).map(([, create]) => create(station, flags))
}

export function refuseNobody(flags: ExpertFlags & NetworkFlags): void {
  if (recurrentExpertsOf(flags).length > 0 || denseExpertsOf(flags).length > 0) return
  if ([...EXPERTS.keys()].some((name) => takesPart(name, flags))) return
  throw new TickcastError('usage', '--experts, --without and --no-network leave nobody to forecast')
}
