import type { StatusMessage } from '../../protocol/status.ts'
import { part, setKind, setText } from '../dom.ts'
import { count, decimal, type StationClock, stationClock, UNKNOWN } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { modelTitle } from '../model-table.ts'
import type { ViewState } from '../view-state.ts'
import { facts } from './facts.ts'

const STATE_TEXT: Readonly<Record<StatusMessage['training']['state'], string>> = {
  off: 'off: no recurrent network',
  warming_up: 'warming up: gathering samples',
  idle: 'between rounds',
  training: 'training',
  waited_for: 'training; readings were held for it',
}

/** What the network is and how far its training has come. */
export function trainingPanel(root: ParentNode): Painter<ViewState> {
  const state_ = part(root, '#training-state', HTMLElement)
  const reason = part(root, '#engine-reason', HTMLElement)
  const list = facts(root, '#training', {
    engine: 'Engine',
    samples: 'Samples matured',
    rounds: 'Rounds, steps',
    loss: 'Loss, last round',
    weights: 'Weights in use',
    promoted: 'Promoted',
    rolledBack: 'Rounds rolled back',
    firstWeights: 'First weights due',
    network: 'Network',
  })
  return {
    everyMs: 200,
    paint({ status, station }) {
      const training = status?.training
      setText(state_, training ? STATE_TEXT[training.state] : 'no status yet')
      setKind(state_, training?.state ?? 'off')
      const clock = stationClock(station?.time.utc_offset_minutes ?? 0)
      list.set('network', training ? training.network || 'none' : UNKNOWN)
      // `fused kernel (relaxed SIMD)`, or `wasm (why not a better one)`: what is in parentheses has a line of its own.
      const [, engine, why = ''] = /^(.*?)(?: \((.*)\))?$/.exec(status?.engine ?? '') ?? []
      list.set('engine', engine || UNKNOWN)
      setText(reason, why)
      list.set('samples', training ? count(training.samples) : UNKNOWN)
      list.set('rounds', training ? `${count(training.rounds)}, ${count(training.steps)}` : UNKNOWN)
      list.set('loss', decimal(training?.loss, 3))
      list.set('weights', training ? versionText(training.weights_version) : UNKNOWN)
      list.set(
        'promoted',
        training?.promoted_at
          ? `${clock.date(Date.parse(training.promoted_at))} ${clock.time(Date.parse(training.promoted_at))}`
          : training
            ? 'none yet'
            : UNKNOWN,
      )
      list.set('rolledBack', training ? rolledBackText(training.networks) : UNKNOWN)
      list.set('firstWeights', training ? firstWeightsText(training.networks, clock) : UNKNOWN)
    },
  }
}

/** By network that had any: a round that diverged or had no finite result is rolled back to the last good checkpoint. */
export function rolledBackText(networks: StatusMessage['training']['networks'] = {}): string {
  const parts = Object.entries(networks)
    .filter(([, { undone }]) => undone > 0)
    .map(([name, { rounds, undone }]) => `${modelTitle(name)} ${count(undone)} of ${count(rounds)}`)
  return parts.length === 0 ? 'none' : parts.join(', ')
}

/** By network that has none in use yet, soonest first: when it will. */
export function firstWeightsText(
  networks: StatusMessage['training']['networks'],
  clock: StationClock,
): string {
  if (Object.keys(networks ?? {}).length === 0) return 'none to train'
  const due = Object.entries(networks ?? {})
    .flatMap(([name, { first_weights }]) => (first_weights ? [{ name, at: Date.parse(first_weights) }] : []))
    .sort((a, b) => a.at - b.at)
  if (due.length === 0) return 'all in use'
  return due.map(({ name, at }) => `${modelTitle(name)} ${clock.day(at)} ${clock.time(at)}`).join(', ')
}

function versionText(version: number): string {
  return version === 0 ? 'untrained' : `version ${count(version)}`
}
