import { InvalidArgumentError, Option } from 'commander'
import { LEADS } from '../domain/forecast.ts'
import { parseCount, parseDate, parseStationId, parseTableFile } from './option-values.ts'

/** The flags of `tickcast arena`. */
export const arenaOptions = () => [
  new Option(
    '--forecasts <file>',
    'forecasts beside what came, as `backtest --forecasts` or `export --what pairs` writes them',
  ).argParser(parseTableFile),
  new Option('--keep [folder]', 'those that are kept of a live station, by default where `start` keeps it'),
  new Option('--url <address>', 'those that a running server keeps'),
  new Option('--token <secret>', 'its token, if it has one; best given as TICKCAST_TOKEN').env(
    'TICKCAST_TOKEN',
  ),
  new Option('--station <id>', 'which one is kept (default: the only one)').argParser(parseStationId),
  new Option('--lead <hours>', 'which lead the answer is of')
    .argParser(parseCount({ min: 1, max: LEADS }))
    .default(LEADS),
  new Option('--from <date>', 'issued from then on').argParser(parseDate),
  new Option('--to <date>', 'issued before').argParser(parseDate),
  new Option('--months <list>', 'issued in these months alone, such as 12,1,2').argParser(parseMonths),
  new Option(
    '--between <models>',
    'two models or more, such as mixture,outside_dnn (default: all)',
  ).argParser(parseModels),
  new Option('--against <model>', 'whom each is held against (default: the mixture; of two the second)'),
  new Option('--format <name>', 'how the answer is written')
    .choices(['text', 'json', 'md', 'html'])
    .default('text'),
  new Option('--report <file>', 'write an HTML page with tables and plots as well'),
]

function parseMonths(text: string): readonly number[] {
  const months = text.split(',').map(Number)
  if (months.every((month) => Number.isInteger(month) && month >= 1 && month <= 12))
    return [...new Set(months)]
  throw new InvalidArgumentError('Expected months from 1 to 12 with commas between them, such as 12,1,2.')
}

function parseModels(text: string): readonly string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))]
  if (names.length >= 2 && !names.includes('')) return names
  throw new InvalidArgumentError(
    'Expected two models or more with a comma between them, such as mixture,rls.',
  )
}
