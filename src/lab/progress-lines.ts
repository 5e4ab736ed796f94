import type { Experiment } from './experiment.ts'
import type { EpochRecord, Result } from './result.ts'
import type { Figures } from './task.ts'

const BAR = 24

export interface Progress {
  readonly name: string
  readonly epoch: number
  readonly epochs: number
  readonly step: number
  readonly of: number
  readonly loss: number
  /** Since this epoch began. */
  readonly seconds: number
}

/** The live line of an epoch in training. */
export function progressLine({ name, epoch, epochs, step, of, loss, seconds }: Progress): string {
  const done = Math.round((BAR * step) / of)
  const bar = `${'█'.repeat(done)}${'░'.repeat(BAR - done)}`
  const left = Math.ceil((seconds / step) * (of - step))
  return `${name}  epoch ${epoch}/${epochs} ${bar} ${step}/${of}  loss ${loss.toFixed(4)}  ${left} s left`
}

/** What an epoch brought, marked where it is the best so far. */
export function epochLine(
  { epoch, training, validation, seconds }: EpochRecord,
  { epochs, result }: { readonly epochs: number; readonly result: Result },
): string {
  const best = result.best?.epoch === epoch ? '  best' : ''
  const figures = figuresText(validation, result)
  return `  epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}  ${seconds.toFixed(1)} s  loss ${training.loss.toFixed(4)}  validation ${figures}${best}`
}

/** How an experiment ended. */
export function resultLine(
  { name, printed }: Experiment,
  { result, kept }: { readonly result: Result; readonly kept: boolean },
): string {
  const { best, state } = result
  const how = kept ? ' (kept from an earlier run)' : ''
  if (!best) return `${name}: diverged at step ${result.diverged?.step} of its first epoch${how}`
  // What is printed was measured in the published protocol.
  const beside = printed && result.settings.protocol !== 'exact' ? `, printed ${printed.validation}` : ''
  const test = best.test ? `; test ${figuresText(best.test, result)}` : ''
  const end = state === 'diverged' ? ', then diverged' : ''
  return `${name}: validation ${figuresText(best.validation, result)}${beside}${test}${end}${how}`
}

/** `0.2624 (2.32 K)`, or for reviews `0.3512 (accuracy 0.872)`. */
export function figuresText({ loss, accuracy }: Figures, { unitOfLoss }: Pick<Result, 'unitOfLoss'>): string {
  if (accuracy !== undefined) return `${loss.toFixed(4)} (accuracy ${accuracy.toFixed(3)})`
  const unit = unitOfLoss ? ` (${(loss * unitOfLoss.size).toFixed(3)} ${unitOfLoss.unit})` : ''
  return `${loss.toFixed(4)}${unit}`
}
