import { type Command, Option } from 'commander'
import { arenaOptions } from './arena-options.ts'
import { parseTableFile } from './option-values.ts'
import {
  busOptions,
  clientOptions,
  dataOptions,
  keepForOptions,
  keepOptions,
  liveOptions,
  logOptions,
  mqttOptions,
  networkOptions,
  pipelineOptions,
  scoreFromOption,
  serverOptions,
  spanOptions,
  tapeOptions,
} from './options.ts'
import { withOptions } from './with-options.ts'

const MEETING = 'where NATS JetStream is, on which replay, forecast and serve meet; required'

/** Adds the commands that forecast, and say how good that was. */
export function addForecastingCommands(program: Command): void {
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
  ).action(async (options) => (await import('./start.ts')).start(options))

  withOptions(
    program
      .command('learn')
      .description('live through the history of a station, and keep what it has learnt for `start --live`'),
    dataOptions(),
    keepOptions().slice(0, 1),
    keepForOptions(),
    pipelineOptions(),
    networkOptions(),
  ).action(async (options) => (await import('./learn.ts')).learn(options))

  withOptions(
    program
      .command('backtest')
      .description('live through a file as fast as it goes, and say how good the forecasts were'),
    dataOptions(),
    spanOptions(),
    pipelineOptions(),
    networkOptions(),
    [
      scoreFromOption(),
      new Option(
        '--forecasts <file>',
        'write every forecast beside what came, as .parquet, .csv or .ndjson',
      ).argParser(parseTableFile),
      new Option('--report <file>', 'write an HTML page with tables and plots'),
      new Option('--markdown <file>', 'write the tables for a README'),
      new Option('--json', 'print one JSON object last, everything else on standard error'),
    ],
  ).action(async (options) => (await import('./backtest.ts')).backtest(options))

  withOptions(
    program
      .command('arena')
      .description('say which forecaster was better over the same forecasts, and whether it may be luck'),
    arenaOptions(),
  ).action(async (options) => (await import('./arena.ts')).arena(options))

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
    await (await import('./explain.ts')).explain(id, { ...options, isUrlGiven })
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
  ).action(async (options) => (await import('./replay.ts')).replay(options))

  withOptions(
    program.command('forecast').description('forecast and verify every station on NATS'),
    [new Option('--station <file>', 'announce this live station (YAML or JSON)')],
    keepOptions().slice(1),
    busOptions(MEETING),
    pipelineOptions(),
    networkOptions(),
    logOptions(),
  ).action(async (options) => (await import('./forecast.ts')).forecast(options))

  withOptions(
    program.command('serve').description('WebSocket, HTTP and page for what is on NATS'),
    keepOptions().slice(0, 1),
    keepForOptions(),
    busOptions(MEETING),
    serverOptions(),
    mqttOptions(),
    logOptions(),
  ).action(async (options) => (await import('./serve.ts')).serve(options))
}
