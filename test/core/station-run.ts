import { Subject } from 'rxjs'
import { openTape } from '../../replay/open-tape.ts'
import { assembleModel, type PipelineFlags } from '../../src/app/assemble-model.ts'
import type { TickDelivery } from '../../src/core/events.ts'
import type { ModelDescription } from '../../src/core/state-codec.ts'
import type { StationModel } from '../../src/core/station-model.ts'
import type { StationState } from '../../src/core/station-state.ts'
import type { Forecast, Settlement } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import { pipeline } from '../../src/flow/pipeline.ts'
import { tickOf } from '../../src/ingest/raw-row.ts'
import { openTrainerPool, type TrainerPool } from '../../src/networks/trainer-pool.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'

/** Everything on: all experts, each network trained several times a day so that rounds are nearly always under way. */
export const EVERYTHING: PipelineFlags = {
  network: true,
  trainEvery: 4 * HOUR,
  roundSteps: 1,
  batch: 16,
  issueEvery: HOUR,
  maxBridge: 3 * HOUR,
  lateness: 0,
  seed: 1,
}

/** The first `rows` ticks of a file, as a replay session has them. */
export async function ticksOfFile(
  data: string,
  rows: number,
): Promise<{ readonly station: Station; readonly ticks: readonly TickMessage[] }> {
  const tape = await openTape({ data })
  const ticks: TickMessage[] = []
  for await (const batch of tape.rows()) {
    for (const row of batch) {
      if (ticks.length === rows) return { station: tape.station, ticks }
      ticks.push(tickOf(row, { run: 'test', ingestTime: row.eventTime ?? 0 }))
    }
  }
  throw new Error(`${data} has fewer than ${rows} rows`)
}

/** A model whose networks are trained by a pool of threads. */
export async function modelWithPool(
  station: Station,
  flags: PipelineFlags,
): Promise<{
  readonly model: StationModel
  readonly description: ModelDescription
  readonly pool: TrainerPool
}> {
  const pool = await openTrainerPool()
  const { model, description } = assembleModel(station, flags, { trainerOf: pool.trainer })
  return { model, description, pool }
}

/** A pipeline under way that is handed one tick after the other. */
export interface StationRun {
  readonly state: StationState
  readonly forecasts: Forecast[]
  readonly settlements: Settlement[]
  /** Hands a tick in; fulfilled when the pipeline is done with it, which it may be at once. */
  push(tick: TickMessage): Promise<void>
  /** Until no round of training is open whose outcome is not in. */
  settled(): Promise<void>
}

export function startRun(model: StationModel, state: StationState): StationRun {
  const deliveries = new Subject<TickDelivery>()
  const done = new Map<number, () => void>()
  const run = { forecasts: [] as Forecast[], settlements: [] as Settlement[] }
  let last = 0
  deliveries.pipe(pipeline(model, () => state)).subscribe((event) => {
    if (event.kind === 'done') done.get(event.delivery)?.()
    if (event.kind !== 'reading') return
    run.settlements.push(...event.joined.settlements)
    if (event.forecast) run.forecasts.push(event.forecast)
  })
  return {
    ...run,
    state,
    push(tick) {
      const delivery = ++last
      const worked = new Promise<void>((resolve) => done.set(delivery, resolve))
      deliveries.next({ delivery, tick })
      return worked
    },
    async settled() {
      while (isWaiting(state) || isTraining(state)) await new Promise((resolve) => setTimeout(resolve, 2))
    },
  }
}

export function isTraining({ learners }: StationState): boolean {
  return Object.values(learners).some(({ open }) => open.some(({ result }) => result === undefined))
}

export function isWaiting({ waiting }: StationState): boolean {
  return waiting.length > 0
}
