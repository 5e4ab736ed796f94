import { TickcastError } from '../domain/errors.ts'
import { LEADS } from '../domain/forecast.ts'
import { formatInstant, type Instant } from '../domain/instant.ts'
import { MIXTURE } from '../forecast/mixture.ts'
import { linesOf } from '../ingest/lines.ts'
import { openSteadyFile } from '../ingest/steady-file.ts'
import { meanColumn } from '../tables/message-tables.ts'
import type { NumberBatch, Wanted } from '../tables/number-batch.ts'
import { readCsv } from '../tables/read-csv.ts'
import { readNdjson } from '../tables/read-ndjson.ts'
import { formatOf } from '../tables/table-format.ts'
import type { ArenaForecast } from '../verify/arena-sums.ts'

const MEAN_PREFIX = meanColumn('').name
const NEEDED = ['issued_at', 'lead', 'truth', 'mean'] as const

/** Everybody's mean, the truth, and whether it counts; what else is in the file is passed over. */
const wanted: Wanted = (column) => {
  if (column === 'issued_at') return 'time'
  if (column === 'lead') return 'integer'
  if (column === 'scored') return 'flag'
  if (column === 'truth' || column === 'mean' || column.startsWith(MEAN_PREFIX)) return 'number'
  return undefined
}

/**
 * The forecasts of a file as `backtest --forecasts` and `export --what pairs` write it, an issue at a time; what one
 * holds is overwritten by the next. Rows that were not scored are passed over. Throws a `TickcastError` (`bad_file`)
 * that names place and rule.
 */
export async function* forecastsInFile(path: string): AsyncGenerator<ArenaForecast> {
  let issue: FileIssue | undefined
  let row = 0
  for await (const { rows, columns } of batchesIn(path)) {
    const column = (name: string) => columns.get(name)
    for (const name of NEEDED) {
      if (column(name)) continue
      const rule = 'it is to be a file of `backtest --forecasts` or `export --what pairs`'
      throw new TickcastError('bad_file', `${path}: has no column '${name}': ${rule}`)
    }
    const [issued, leads, truths, scored] = ['issued_at', 'lead', 'truth', 'scored'].map(column)
    for (let at = 0; at < rows; at++) {
      row++
      const issuedAt = issued![at]!
      const lead = leads![at]!
      if (issue && issuedAt !== issue.issuedAt) {
        yield issue
        if (issuedAt < issue.issuedAt) throw outOfOrder(path, row, issuedAt)
        clear(issue, issuedAt)
      }
      issue ??= emptyIssue([...columns.keys()], issuedAt)
      checkPlace({ path, row, issuedAt, lead }, issue)
      issue.taken[lead - 1] = true
      if (scored?.[at] === 0) continue
      issue.truth[lead - 1] = truths![at]!
      for (const [name, said] of issue.said) said[lead - 1] = columns.get(name)![at]!
    }
  }
  if (issue) yield issue
}

interface FileIssue extends ArenaForecast {
  issuedAt: Instant
  /** By column. */
  readonly said: readonly (readonly [column: string, mean: Float64Array])[]
  /** Leads that there was a row of. Shape [lead 24]. */
  readonly taken: boolean[]
}

function emptyIssue(columns: readonly string[], issuedAt: Instant): FileIssue {
  const unknown = () => new Float64Array(LEADS).fill(Number.NaN)
  const said = columns
    .filter((name) => name === 'mean' || name.startsWith(MEAN_PREFIX))
    .map((name) => [name, unknown()] as const)
  const models = new Map(
    said.map(([name, mean]) => [name === 'mean' ? MIXTURE : name.slice(MEAN_PREFIX.length), mean]),
  )
  return { issuedAt, truth: unknown(), models, said, taken: Array(LEADS).fill(false) }
}

function clear(issue: FileIssue, issuedAt: Instant): void {
  issue.issuedAt = issuedAt
  issue.truth.fill(Number.NaN)
  issue.taken.fill(false)
  for (const [, mean] of issue.said) mean.fill(Number.NaN)
}

interface Place {
  readonly path: string
  /** Of the table, from 1. */
  readonly row: number
  readonly issuedAt: Instant
  readonly lead: number
}

function checkPlace({ path, row, issuedAt, lead }: Place, { taken }: FileIssue): void {
  if (Number.isNaN(issuedAt)) throw new TickcastError('bad_file', `${path}: row ${row}: issued_at: is empty`)
  if (!(lead >= 1 && lead <= LEADS))
    throw new TickcastError('bad_file', `${path}: row ${row}: lead: ${lead} is not one from 1 to ${LEADS}`)
  if (!taken[lead - 1]) return
  const twice = `the forecast of ${formatInstant(issuedAt)} has lead ${lead} twice`
  throw new TickcastError('bad_file', `${path}: row ${row}: ${twice}: whose is it?`)
}

function outOfOrder(path: string, row: number, issuedAt: Instant): TickcastError {
  const at = formatInstant(issuedAt)
  return new TickcastError('bad_file', `${path}: row ${row}: issued_at: ${at} comes after a later one`)
}

async function* batchesIn(path: string): AsyncGenerator<NumberBatch> {
  const options = { path, wanted }
  const file = await openSteadyFile(path, { empty: 'forecasts beside what came' })
  switch (formatOf(path)) {
    case 'parquet':
      yield* (await import('../tables/read-parquet.ts')).readParquet(options)
      return
    case 'csv':
      yield* readCsv(linesOf(file.bytes(), { name: path }), options)
      return
    case 'ndjson':
      yield* readNdjson(linesOf(file.bytes(), { name: path }), options)
      return
    case undefined:
      throw new TickcastError('usage', `--forecasts ${path}: ends in none of .parquet, .csv, .ndjson`)
  }
}
