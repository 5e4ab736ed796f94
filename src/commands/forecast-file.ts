import { closeSync, openSync, writeSync } from 'node:fs'
import type { ClosedForecast } from '../core/truth-join.ts'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { LEADS, validTime } from '../domain/forecast.ts'
import type { Instant } from '../domain/instant.ts'
import { LEAD_COLUMNS, meanColumn, QUANTILE_COLUMNS } from '../tables/message-tables.ts'
import type { Column, Row } from '../tables/table.ts'
import { encoderFor, formatOf } from '../tables/table-format.ts'
import { outputFile } from './output-file.ts'

/** A file with every forecast of a run. It is there under its name once it is whole. */
export interface ForecastFile {
  /** Blocks for as long as the disk takes: nothing waits to be written but a block of rows. */
  write(forecasts: readonly ClosedForecast[]): void
  /** Its name. */
  finish(): string
  /** Leaves nothing behind, unless it was finished. */
  abandon(): void
}

/** Throws a `TickcastError` where it cannot be written, before any work is done; undefined where none is asked for. */
export async function openForecastFile(
  { forecasts: path, scoreFrom }: { readonly forecasts?: string; readonly scoreFrom?: Instant },
  experts: readonly string[],
): Promise<ForecastFile | undefined> {
  const format = path === undefined ? undefined : formatOf(path)
  if (path === undefined || format === undefined) return undefined
  const { columns, rows } = forecastRows(experts, scoreFrom ?? Number.NEGATIVE_INFINITY)
  const encoder = (await encoderFor(format))(columns)
  const explained = <T>(work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      throw new TickcastError('usage', `--forecasts ${path}: cannot be written: ${errorMessage(cause)}`, {
        cause,
      })
    }
  }
  const output = explained(() => outputFile(path))
  let file: number | undefined = explained(() => openSync(output.path, 'w'))
  const write = (bytes: Uint8Array): void => {
    for (let from = 0; file !== undefined && from < bytes.length; ) from += writeSync(file, bytes, from)
  }
  const close = (): void => {
    if (file !== undefined) closeSync(file)
    file = undefined
  }

  return {
    write: (forecasts) => explained(() => write(encoder.encode(forecasts.flatMap(rows)))),
    finish: () =>
      explained(() => {
        write(encoder.end())
        close()
        output.finish()
        return path
      }),
    abandon() {
      close()
      output.abandon()
    },
  }
}

/** A row a lead. `scored` are those that the printed figures are of, where their truth is known. */
function forecastRows(
  experts: readonly string[],
  scoreFrom: Instant,
): { readonly columns: readonly Column[]; rows(closed: ClosedForecast): readonly Row[] } {
  return {
    columns: [
      ...LEAD_COLUMNS,
      { name: 'scored', type: 'flag' },
      { name: 'truth', type: 'number' },
      { name: 'mean', type: 'number' },
      ...QUANTILE_COLUMNS,
      ...experts.map(meanColumn),
    ],
    rows: ({ forecast: { issuedAt, mean, quantiles, models }, truth }) =>
      Array.from({ length: LEADS }, (_, lead) => [
        issuedAt,
        validTime(issuedAt, lead),
        lead + 1,
        issuedAt >= scoreFrom,
        known(truth[lead]),
        mean[lead]!,
        ...quantiles[lead]!,
        ...experts.map((name) => known(models.get(name)?.[lead])),
      ]),
  }
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value
}
