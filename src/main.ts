#!/usr/bin/env node
import { Argument, Command, CommanderError, Option } from 'commander'
import { packageVersion } from './app/version.ts'
import { arenaOptions } from './commands/arena-options.ts'
import { labReportOptions, labRunOptions } from './commands/lab-options.ts'
import {
  parseCount,
  parseDate,
  parseSpeed,
  parseStationId,
  parseTableFile,
} from './commands/option-values.ts'
import {
  busOptions,
  checkOptions,
  clientOptions,
  dataOptions,
  downloadOptions,
  exportOptions,
  keepForOptions,
  keepOptions,
  liveOptions,
  logOptions,
  mqttOptions,
  networkOptions,
  pipelineOptions,
  serverOptions,
  spanOptions,
  tapeOptions,
} from './commands/options.ts'
import { TickcastError } from './domain/errors.ts'

/*
 * The command line. Each command's module is loaded only when it is asked for, so that `--help` and a wrong flag
 * answer at once.
 */

function withOptions(command: Command, ...groups: readonly (readonly Option[])[]): Command {
  for (const option of groups.flat()) command.addOption(option)
  return command
}

/** One line, whatever commander makes of it, and where to look further. An address may hold a password. */
function oneLine(error: string): string {
  const text = error
    .replace(/^error: /, '')
    .replace(/\s+/g, ' ')
    .replace(/\/\/[^@/\s]*@/g, '//***@')
    .trim()
  return `tickcast: ${text}${text.endsWith(')') ? '' : ' (--help lists what there is)'}\n`
}

const MEETING = 'where NATS JetStream is, on which replay, forecast and serve meet; required'
const json = () => new Option('--json', 'for machines: JSON lines, nothing else on standard output')

const program = new Command('tickcast')
  .description(
    'Sensor ticks in, verified 24-hour forecasts with uncertainty out, learning as the stream runs.',
  )
  .version(packageVersion())
  .configureOutput({ outputError: (error, write) => write(oneLine(error)) })
  .exitOverride()

withOptions(
  program
    .command('start')
    .alias('run')
    .description('everything in one process: replay or live feed, pipeline, training, WebSocket, page'),
  dataOptions(),
  liveOptions(),
  keepOptions(),
  keepForOptions(),
  tapeOptions(),
  busOptions(),
  serverOptions(),
  mqttOptions(),
  pipelineOptions(),
  networkOptions(),
  logOptions(),
  [
    new Option('--until-end', 'leave when the file is through; no page unless --port is given'),
    new Option('--json', 'print one JSON object last, everything else on standard error'),
  ],
).action(async (options) => (await import('./commands/start.ts')).start(options))

withOptions(
  program
    .command('learn')
    .description('live through the history of a station, and keep what it has learnt for `start --live`'),
  dataOptions(),
  keepOptions().slice(0, 1),
  keepForOptions(),
  pipelineOptions(),
  networkOptions(),
).action(async (options) => (await import('./commands/learn.ts')).learn(options))

withOptions(
  program
    .command('backtest')
    .description('live through a file as fast as it goes, and say how good the forecasts were'),
  dataOptions(),
  spanOptions(),
  pipelineOptions(),
  networkOptions(),
  [
    new Option('--score-from <date>', 'score only forecasts issued from then on').argParser(parseDate),
    new Option(
      '--forecasts <file>',
      'write every forecast beside what came, as .parquet, .csv or .ndjson',
    ).argParser(parseTableFile),
    new Option('--report <file>', 'write an HTML page with tables and plots'),
    new Option('--markdown <file>', 'write the tables for a README'),
    new Option('--json', 'print one JSON object last, everything else on standard error'),
  ],
).action(async (options) => (await import('./commands/backtest.ts')).backtest(options))

withOptions(
  program
    .command('arena')
    .description('say which forecaster was better over the same forecasts, and whether it may be luck'),
  arenaOptions(),
).action(async (options) => (await import('./commands/arena.ts')).arena(options))

withOptions(
  program
    .command('explain')
    .description('say why a forecast is what it is: who said what, what that weighed, and what came')
    .argument('<forecast>', 'STATION/ISSUED_AT, such as jena/2026-03-01T05:00:00Z, or STATION/newest'),
  [
    new Option('--keep [folder]', 'of what is kept, without a server, by default where `start` keeps it'),
    new Option('--format <name>', 'how it is written').choices(['text', 'json', 'html']).default('text'),
  ],
  clientOptions(),
).action(async (id, options, command: Command) => {
  const isUrlGiven = command.getOptionValueSource('url') === 'cli'
  await (await import('./commands/explain.ts')).explain(id, { ...options, isUrlGiven })
})

withOptions(
  program
    .command('replay')
    .description('play a file onto NATS, for `forecast` and `serve` in other processes'),
  dataOptions(),
  keepOptions().slice(1),
  tapeOptions(),
  busOptions(MEETING),
  logOptions(),
).action(async (options) => (await import('./commands/replay.ts')).replay(options))

withOptions(
  program.command('forecast').description('forecast and verify every station on NATS'),
  [new Option('--station <file>', 'announce this live station (YAML or JSON)')],
  keepOptions().slice(1),
  busOptions(MEETING),
  pipelineOptions(),
  networkOptions(),
  logOptions(),
).action(async (options) => (await import('./commands/forecast.ts')).forecast(options))

withOptions(
  program.command('serve').description('WebSocket, HTTP and page for what is on NATS'),
  keepOptions().slice(0, 1),
  keepForOptions(),
  busOptions(MEETING),
  serverOptions(),
  mqttOptions(),
  logOptions(),
).action(async (options) => (await import('./commands/serve.ts')).serve(options))

withOptions(
  program.command('watch').description('the stream of one station in the terminal'),
  [
    new Option('--station <id>', 'which one (default: the first)').argParser(parseStationId),
    new Option('--topics <list>', 'reading, forecast, score, status, outside').default(
      'reading,forecast,score',
      'reading,forecast,score',
    ),
    json(),
  ],
  clientOptions(),
).action(async (options) => (await import('./commands/watch.ts')).watch(options))

const tape = program.command('tape').description('operate the tape of a running replay')
const tapeCommand = (name: string, description: string) =>
  withOptions(
    tape.command(name).description(description),
    [new Option('--station <id>', 'which one (default: the only one)').argParser(parseStationId), json()],
    clientOptions(),
  )
const operate = async (...args: Parameters<typeof import('./commands/tape.ts')['operate']>) =>
  (await import('./commands/tape.ts')).operate(...args)
tapeCommand('state', 'how it stands').action((options) => operate({ state: true }, options))
tapeCommand('pause', 'stand still').action((options) => operate({ pause: true }, options))
tapeCommand('resume', 'go on').action((options) => operate({ resume: true }, options))
tapeCommand('step', 'play some ticks while paused')
  .argument('[ticks]', 'how many', parseCount({ min: 1, max: 10_000 }), 1)
  .action((step, options) => operate({ step }, options))
tapeCommand('speed', 'event time over wall time')
  .argument('<x>', 'a number or max', parseSpeed)
  .action((speed, options) => operate({ speed: Number.isFinite(speed) ? speed : 'max' }, options))
tapeCommand('seek', 'go to a date, as having lived there')
  .argument('<date>', 'as in 2012-07-01', parseDate)
  .option('--forget', 'also where what was learnt is forgotten by that')
  .action((instant, { forget, ...options }) =>
    operate({ seek: new Date(instant).toISOString(), ...(forget && { forget }) }, options),
  )
tapeCommand('anew', 'begin anew: everything learnt is forgotten')
  .option('--yes', 'it is meant: this cannot be undone')
  .action(async (options) => (await import('./commands/tape.ts')).beginAnew(options))
tapeCommand('loop', 'begin again at the end, or not')
  .addArgument(new Argument('<on|off>').choices(['on', 'off']))
  .action((loop, options) => operate({ loop: loop === 'on' }, options))

withOptions(
  program
    .command('check')
    .description('show what would be read of a file, and what of it is refused and why'),
  checkOptions(),
).action(async (options) => {
  if (options.ask) await (await import('./commands/check-issuers.ts')).checkIssuers(options)
  else await (await import('./commands/check.ts')).check(options)
})

withOptions(
  program
    .command('feed')
    .description('send standard input (ticks in CSV or NDJSON) to a station, as it comes'),
  [
    new Option('--station <id>', 'whose ticks they are').argParser(parseStationId).makeOptionMandatory(),
    new Option('--format <name>', 'how the lines are written')
      .choices(['auto', 'csv', 'ndjson'])
      .default('auto'),
  ],
  clientOptions(),
).action(async (options) => (await import('./commands/feed.ts')).feed(options))

withOptions(
  program
    .command('remove')
    .description('have a running server forget a station and all that is held of it')
    .argument('<station>', 'its id', parseStationId),
  [new Option('--yes', 'it is meant: this cannot be undone')],
  clientOptions(),
).action(async (station, options) => (await import('./commands/remove.ts')).remove(station, options))

withOptions(
  program
    .command('accept')
    .description(
      "tell a running server that what a station's sensor says is real: it is believed from now on",
    )
    .argument('<station>', 'its id', parseStationId),
  clientOptions(),
).action(async (station, options) => (await import('./commands/accept.ts')).accept(station, options))

withOptions(
  program
    .command('export')
    .description(
      'what a live station published, as far as it is kept, in a file; beside a running server too',
    ),
  exportOptions(),
).action(async (options) => (await import('./commands/export.ts')).exportRecord(options))

withOptions(
  program
    .command('download')
    .description(
      'fetch the public Jena archive (2009-2016, 13 MB) into the cache folder; or, with --out, what Open-Meteo has ' +
        'forecast of a station, for --outside',
    ),
  downloadOptions(),
).action(async (options) => {
  if (options.out === undefined && options.from === undefined)
    await (await import('./commands/download.ts')).download()
  else await (await import('./commands/download-outside.ts')).downloadOutside(options)
})

const lab = program.command('lab').description("the chapter's experiments on the product's own parts")
lab
  .command('list')
  .description('name the experiments')
  .addOption(json())
  .action(async (options) => (await import('./commands/lab.ts')).labList(options))
withOptions(
  lab
    .command('run')
    .description('run experiments; interrupted ones go on where they were left')
    .argument('<name...>', 'as listed, or all'),
  labRunOptions(),
).action(async (names, options) => (await import('./commands/lab.ts')).labRun(names, options))
withOptions(
  lab.command('report').description('one page and one Markdown file of all results'),
  labReportOptions(),
).action(async (options) => (await import('./commands/lab-report.ts')).labReport(options))

process.stdout.on('error', (error) => {
  // Whoever reads along may have had enough: `tickcast watch | head`.
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has printed its message already
    process.exitCode = error.exitCode === 0 ? 0 : 2
  } else if (error instanceof TickcastError) {
    process.stderr.write(`tickcast: ${error.message}\n`)
    process.exitCode = 2
  } else {
    process.stderr.write(
      `tickcast: a defect of ours: ${error instanceof Error ? error.stack || error.message : String(error)}\n`,
    )
    process.exitCode = 1
  }
  // Threads and sockets that were opened before the failure must not keep a failed command alive.
  process.exit()
}
