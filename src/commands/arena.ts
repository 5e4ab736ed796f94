import { writeFile } from 'node:fs/promises'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { formatInstant, type Instant } from '../domain/instant.ts'
import { MIXTURE } from '../forecast/mixture.ts'
import { arenaPage } from '../report/arena-page.ts'
import { type ArenaReport, arenaSentence, HOW } from '../report/arena-report.ts'
import { arenaLines, arenaMarkdown } from '../report/arena-text.ts'
import { arenaResult } from '../verify/arena.ts'
import { emptyArena, takeForecast } from '../verify/arena-sums.ts'
import { type ArenaSourceFlags, arenaSource } from './arena-sources.ts'

export interface ArenaFlags extends ArenaSourceFlags {
  readonly from?: Instant
  readonly to?: Instant
  readonly lead: number
  readonly months?: readonly number[]
  /** Two or more models; default: all. */
  readonly between?: readonly string[]
  /** Default: the published forecast, or of two the second. */
  readonly against?: string
  readonly format: 'text' | 'json' | 'md' | 'html'
  /** Where the page is written, too. */
  readonly report?: string
}

/** Says who was better over the same forecasts, where, and whether it may be luck. */
export async function arena(flags: ArenaFlags): Promise<void> {
  const { report: path, from, to } = flags
  if (from !== undefined && to !== undefined && from >= to)
    throw new TickcastError('usage', '--to: not later than --from, so there is nothing between them')
  if (path !== undefined) await written(path, '', 'a')
  const report = await arenaReport(flags)
  if (path !== undefined) await written(path, arenaPage(report))
  process.stdout.write(shown(report, flags.format))
}

/** Reads the source through, holding sums of days. */
export async function arenaReport(flags: ArenaFlags): Promise<ArenaReport> {
  const { between, lead, months, from, to } = flags
  const source = await arenaSource(flags)
  const against = flags.against ?? (between?.length === 2 ? between[1]! : MIXTURE)
  const state = emptyArena()
  const options = {
    leadIndex: lead - 1,
    utcOffset: source.utcOffset,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(months && { months }),
    ...(between && { among: [...new Set([...between, against])] }),
  }
  const seen = new Set<string>()
  let issued: readonly Instant[] = []
  for await (const forecast of source.forecasts()) {
    for (const name of forecast.models.keys()) seen.add(name)
    issued = [issued[0] ?? forecast.issuedAt, forecast.issuedAt]
    takeForecast(state, forecast, options)
  }
  if (state.issues === 0) throw nothingOf(flags, source.name, issued)
  checkNames('--between', between ?? [], seen, source.name)
  checkNames('--against', flags.against === undefined ? [] : [flags.against], seen, source.name)
  const result = arenaResult(state, {
    reference: against,
    leadIndex: lead - 1,
    all: between !== undefined,
  })
  return { ...result, source: source.name, unit: source.unit, ...(months && { months }) }
}

/** `seen`: when those were issued that were read, the first and the last. */
function nothingOf(
  { from, to, months }: ArenaFlags,
  source: string,
  seen: readonly Instant[],
): TickcastError {
  const asked = [
    ...(from === undefined ? [] : [`--from ${formatInstant(from)}`]),
    ...(to === undefined ? [] : [`--to ${formatInstant(to)}`]),
    ...(months === undefined ? [] : [`--months ${months.join(',')}`]),
  ].join(' ')
  const of = asked === '' ? '' : `${asked}: `
  const there =
    seen.length === 0 ? '' : `; what is there was issued from ${seen.map(formatInstant).join(' to ')}`
  return new TickcastError('usage', `${of}no such forecast whose truth is known in ${source}${there}`)
}

function checkNames(flag: string, asked: readonly string[], seen: ReadonlySet<string>, source: string): void {
  const unknown = asked.find((name) => !seen.has(name))
  if (unknown === undefined) return
  const known = [...seen].join(', ') || 'none'
  throw new TickcastError('usage', `${flag}: '${unknown}' is no model in ${source}; those are: ${known}`)
}

function shown(report: ArenaReport, format: ArenaFlags['format']): string {
  switch (format) {
    case 'text':
      return `${arenaLines(report).join('\n')}\n`
    case 'md':
      return arenaMarkdown(report)
    case 'html':
      return arenaPage(report)
    case 'json':
      return `${JSON.stringify({ answer: arenaSentence(report), how: HOW, ...report })}\n`
  }
}

async function written(path: string, text: string, flag: 'a' | 'w' = 'w'): Promise<void> {
  try {
    await writeFile(path, text, { flag })
  } catch (cause) {
    throw new TickcastError('usage', `--report ${path}: cannot be written: ${errorMessage(cause)}`, { cause })
  }
}
