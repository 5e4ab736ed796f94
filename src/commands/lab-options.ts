import { Option } from 'commander'
import { PROTOCOLS } from '../lab/protocol.ts'
import { parseCount } from './option-values.ts'

/* The flags of `tickcast lab`; those that other commands have too are set by the same variables. */

const results = () =>
  new Option('--results <folder>', 'where results are kept, a JSON file each')
    .env('TICKCAST_RESULTS')
    .default('lab-results')

export const labRunOptions = () => [
  new Option(
    '--data <file>',
    'a CSV of readings, also inside .zip or .gz (default: the cached Jena archive)',
  ).env('TICKCAST_DATA'),
  new Option('--station <file>', 'a station file that says how to read it (default: Jena)').env(
    'TICKCAST_STATION',
  ),
  new Option('--reviews <file>', 'the movie reviews, aclImdb_v1.tar.gz as published').env('TICKCAST_REVIEWS'),
  new Option('--protocol <name>', "published: the chapter's windows, whose true lead is 25 h; exact: 24 h")
    .env('TICKCAST_PROTOCOL')
    .choices(PROTOCOLS)
    .default('published'),
  new Option('--epochs <n>', "in place of each experiment's own")
    .env('TICKCAST_EPOCHS')
    .argParser(parseCount({ min: 1, max: 10_000 })),
  new Option('--steps <n>', 'gradient steps of an epoch, in place of 500 (reviews: all of them once)')
    .env('TICKCAST_STEPS')
    .argParser(parseCount({ min: 1, max: 100_000 })),
  new Option('--seed <n>', 'seeds first weights, batches and masks')
    .env('TICKCAST_SEED')
    .argParser(parseCount({ min: 0, max: 2 ** 31 - 1 }))
    .default(1),
  results(),
]

export const labReportOptions = () => [
  results(),
  new Option('--html <file>', 'the page (default: chapter.html beside the results)'),
  new Option('--markdown <file>', 'the same in Markdown (default: chapter.md beside the results)'),
]
