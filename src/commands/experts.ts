import { TickcastError } from '../domain/errors.ts'
import type { Station } from '../domain/station.ts'
import { EXPERTS } from '../forecast/experts.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import { DENSE_EXPERTS, type DenseExpert } from '../recurrent/dense/experts.ts'

/** The flags that say who takes part in the mixture. */
export interface ExpertFlags {
  /** Those alone; all where it is absent. */
  readonly experts?: readonly string[]
  readonly without?: readonly string[]
}

/** The recurrent network's name among the experts, whatever its cell. */
const NETWORK = 'network'

/** Every name that the flags know. */
export const EXPERT_NAMES: readonly string[] = [
  ...EXPERTS.keys(),
  ...DENSE_EXPERTS.map(({ name }) => name),
  NETWORK,
]

export function takesPart(name: string, { experts, without }: ExpertFlags): boolean {
  return (experts?.includes(name) ?? true) && !without?.includes(name)
}

export function networkTakesPart(flags: ExpertFlags & { readonly network: boolean }): boolean {
  return flags.network && takesPart(NETWORK, flags)
}

/** The networks on features that take part, in the order of tables. */
export function denseExpertsOf(flags: ExpertFlags): readonly DenseExpert[] {
  return DENSE_EXPERTS.filter(({ name }) => takesPart(name, flags))
}

/** New experts for a station, those that need no network, in the order of tables. */
export function expertsOf(station: Station, flags: ExpertFlags & { readonly seed: number }): Forecaster[] {
  return [...EXPERTS].filter(([name]) => takesPart(name, flags)).map(([, create]) => create(station, flags))
}

export function refuseNobody(flags: ExpertFlags & { readonly network: boolean }): void {
  if (networkTakesPart(flags) || denseExpertsOf(flags).length > 0) return
  if ([...EXPERTS.keys()].some((name) => takesPart(name, flags))) return
  throw new TickcastError('usage', '--experts and --without leave nobody to forecast')
}
