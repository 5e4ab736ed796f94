import { TickcastError } from '../domain/errors.ts'
import { BATCH, STEPS_PER_EPOCH } from './experiment.ts'
import { frameOf, type Protocol, splitOf } from './protocol.ts'
import type { Series } from './series.ts'
import type { Task } from './task.ts'
import { drawnRows, rowBatches, scaleOf, windowsOver } from './windows.ts'

/** The temperature a day ahead, as the chapter sets it. Validation and test take a row an hour, as its windows do. */
export function jenaTask(
  series: Series,
  { protocol, reversed }: { readonly protocol: Protocol; readonly reversed: boolean },
): Task {
  const frame = frameOf(series, protocol)
  const split = splitOf(series)
  for (const [part, { from, until }] of Object.entries({
    training: split.training,
    validation: split.validation,
    test: split.test,
  })) {
    if (until - from < BATCH * series.rowsPerHour) {
      throw new TickcastError(
        'bad_file',
        `${series.name}: ${series.rows} rows are too few: ${part} has no ${BATCH} hours after the 10 days of its first window`,
      )
    }
  }
  const windows = windowsOver(series, { frame, scale: scaleOf(series, split.scaled), reversed })
  const every = series.rowsPerHour
  const hours = ({ from, until }: { readonly from: number; readonly until: number }) =>
    Math.ceil((until - from) / every)
  return {
    input: { kind: 'series', steps: frame.steps, width: windows.width },
    loss: 'mae',
    unitOfLoss: { size: windows.deviation, unit: 'K' },
    stepsPerEpoch: STEPS_PER_EPOCH,
    sizes: {
      training: split.training.until - split.training.from,
      validation: hours(split.validation),
      test: hours(split.test),
    },
    *training(random, steps) {
      for (let step = 0; step < steps; step++) yield windows.batch(drawnRows(split.training, BATCH, random))
    },
    *whole(part) {
      for (const rows of rowBatches(split[part], { size: BATCH, every })) yield windows.batch(rows)
    },
  }
}
