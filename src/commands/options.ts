import { Option } from 'commander'
import { LOG_LEVELS } from '../app/log.ts'
import { MQTT_PROTOCOLS } from '../mqtt/address.ts'
import { ENGINES } from '../networks/engine-choice.ts'
import { TABLE_FORMATS } from '../tables/table-format.ts'
import {
  oneStation,
  parseCount,
  parseDataFiles,
  parseDate,
  parseDuration,
  parseExperts,
  parseKeepFor,
  parseOrigins,
  parsePlace,
  parsePositiveDuration,
  parseSpeed,
  parseStationId,
  parseText,
  parseUnits,
  parseUrl,
} from './option-values.ts'

/*
 * Every flag that more than one command has. Each that takes a value can also be set as TICKCAST_<NAME>; a switch cannot,
 * since any value at all would set it, `false` too.
 */

function option(flags: string, description: string): Option {
  const name = /^--([a-z0-9-]+) </.exec(flags)?.[1]
  const made = new Option(flags, description)
  return name === undefined ? made : made.env(`TICKCAST_${name.replaceAll('-', '_').toUpperCase()}`)
}

/** As `--help` shows them: under a heading of their own. */
function under(heading: string, options: readonly Option[]): readonly Option[] {
  return options.map((each) => each.helpGroup(`${heading}:`))
}

export const dataOptions = () =>
  under('Data', [
    option(
      '--data <file>',
      'a table or JSON of readings, also inside .zip or .gz; given again, more of one history (default: the cached ' +
        'Jena archive)',
    ).argParser(parseDataFiles),
    option(
      '--station <file>',
      'a station file (YAML or JSON) that says how to read it (default: Jena)',
    ).argParser(oneStation),
    option(
      '--outside <file>',
      'a table of what others have forecast, as `outside` in the station file describes it; given again, more tables',
    ).argParser(parseDataFiles),
    openMeteoOption(),
    option(
      '--neighbour <station:file>',
      'the station file of a neighbour and its readings, near.yaml:near.csv; with --live its station file alone; given ' +
        'again, more of them',
    ).argParser(parseDataFiles),
  ])

/** Live it is asked; of a file it is whose forecasts `--outside` may have. */
export const openMeteoOption = () =>
  option(
    '--open-meteo <latitude,longitude>',
    'Open-Meteo forecasts the target there: a live station asks it every hour (default: nobody is asked)',
  ).argParser(parsePlace)

export const checkOptions = () => [
  option(
    '--data <file>',
    'the file, also inside .zip or .gz; given again, further files of the same history',
  ).argParser(parseDataFiles),
  option('--station <file>', 'a station file that says how to read it (default: one is drafted)').argParser(
    parseText,
  ),
  new Option('--ask', 'ask those who forecast the target once, and show what they say'),
  openMeteoOption(),
  new Option('--readings', 'print every reading as JSON, one a line'),
  option('--draft <file>', 'where the drafted station file is written (default: standard output)').argParser(
    parseText,
  ),
]

export const downloadOptions = () => [
  new Option('--out <file>', 'where past forecasts are written, as CSV').argParser(parseText),
  new Option('--station <file>', 'the station that they are of (default: Jena)').argParser(parseText),
  openMeteoOption(),
  new Option('--from <date>', 'the first that could be had then').argParser(parseDate),
  new Option('--to <date>', 'before this one (default: now)').argParser(parseDate),
]

export const liveOptions = () =>
  under('Data', [
    option('--live', 'no replay: wait for ticks of the station over HTTP, `tickcast feed` or NATS'),
  ])

export const keepOptions = () =>
  under('Data', [
    // TICKCAST_KEEP is read where something is kept.
    new Option(
      '--keep [folder]',
      'where what is read, learnt and forecast is kept (default: TICKCAST_KEEP, or a folder of yours)',
    ).argParser(parseText),
    option('--no-keep', 'keep nothing: a restart begins anew'),
  ])

export const keepForOptions = () =>
  under('Data', [
    option(
      '--keep-for <duration>',
      'how long what a kept station published is kept, before its newest reading (default: for ever)',
    ).argParser(parseKeepFor),
  ])

export const exportOptions = () => [
  new Option('--what <name>', 'pairs: each forecast beside what came, by lead')
    .choices(['readings', 'forecasts', 'scores', 'outside', 'pairs'])
    .makeOptionMandatory(),
  new Option('--from <date>', 'of event time, or of issue').argParser(parseDate),
  new Option('--to <date>', 'before this one').argParser(parseDate),
  new Option('--format <name>', "how it is written (default: by the file's ending, else csv)").choices(
    TABLE_FORMATS,
  ),
  option('--keep <folder>', 'where the station is kept (default: where `start --live` keeps it)').argParser(
    parseText,
  ),
  new Option('--station <id>', 'which one (default: the only one)').argParser(parseStationId),
  new Option('--out <file>', 'where to (default: standard output)').argParser(parseText),
]

/** From when on a run is judged. */
export const scoreFromOption = () =>
  new Option('--score-from <date>', 'score only forecasts issued from then on').argParser(parseDate)

export const spanOptions = () =>
  under('Tape', [
    option('--from <date>', 'where the tape begins').argParser(parseDate),
    option('--until <date>', 'where the tape ends').argParser(parseDate),
  ])

export const tapeOptions = () =>
  under('Tape', [
    option('--speed <x>', 'event time over wall time, or max (default: 3600)').argParser(parseSpeed),
    option('--paused', 'start with the tape paused'),
    option('--loop', 'begin anew at the end, with models that have learnt nothing'),
    option('--anew', 'begin anew: what is kept of the tape is forgotten'),
    ...spanOptions(),
    option(
      '--lead-in <duration>',
      'the first part, played as fast as possible (default: 30d, none where --speed is given)',
    ).argParser(parseDuration),
  ])

/** `start` has a bus of its own; the processes of a deployment meet on NATS alone. */
export const busOptions = (what = 'use NATS JetStream at this address instead of the embedded bus') =>
  under('Bus and server', [
    new Option('--nats <url>', what)
      .env('NATS_URL')
      .argParser(parseUrl({ protocols: ['nats:', 'tls:'], example: 'nats://127.0.0.1:4222' })),
  ])

export const mqttOptions = () =>
  under('MQTT and Home Assistant', [
    option(
      '--mqtt <url>',
      'a broker: topics of station files come in, forecasts go out; a password best as TICKCAST_MQTT_PASSWORD',
    ).argParser(parseUrl({ protocols: MQTT_PROTOCOLS, example: 'mqtt://127.0.0.1:1883' })),
    option(
      '--mqtt-prefix <topic>',
      'where our topics begin (default: tickcast, with --nats tickcast/mqtt)',
    ).argParser(parseText),
    new Option('--no-discovery', 'do not tell Home Assistant of the stations'),
    option('--discovery-prefix <topic>', 'where Home Assistant looks for devices')
      .argParser(parseText)
      .default('homeassistant'),
  ])

export const pipelineOptions = () =>
  under('Forecasts', [
    option('--issue-every <duration>', 'a forecast is issued this often')
      .argParser(parsePositiveDuration)
      .default(3_600_000, '1h'),
    option(
      '--max-bridge <duration>',
      'gaps up to this long are bridged, or as long as the station says by hold; longer ones restart the window',
    )
      .argParser(parseDuration)
      .default(10_800_000, '3h'),
    option('--lateness <duration>', 'hold readings this long to put late ones back in order')
      .argParser(parseDuration)
      .default(0, '0s'),
    option('--seed <n>', 'seeds everything that is drawn')
      .argParser(parseCount({ min: 0, max: 2 ** 31 - 1 }))
      .default(1),
    option(
      '--experts <names>',
      'the models that make up the forecast, and no others but those of --expert (default: all)',
    ).argParser(parseExperts),
    new Option(
      '--expert <file>',
      'a forecaster of your own, a JavaScript module, as one more of them; given again, more',
    ).argParser(parseDataFiles),
    option('--without <names>', 'models that shall not take part, such as rls,gru_stacked').argParser(
      parseExperts,
    ),
  ])

export const networkOptions = () =>
  under('Recurrent networks', [
    option('--no-network', 'without recurrent networks'),
    option(
      '--engine <name>',
      'what trains the recurrent networks: the fused kernel, or TensorFlow.js (slow to start and to train)',
    )
      .choices(ENGINES)
      .default('auto'),
    option(
      '--threads <n>',
      'threads that train each recurrent network (default: all cores but one where there is one, else one each)',
    ).argParser(parseCount({ min: 1, max: 64 })),
    option('--cell <name>', 'one recurrent network of this cell in place of the usual three').choices([
      'gru',
      'lstm',
    ]),
    option('--units <list>', 'the same, with units of each stacked layer such as 32,64').argParser(
      parseUnits,
    ),
    option('--bidirectional', 'the same, reading each window in both directions'),
    option('--lookback <rows>', 'rows of a window (default: 72 h of them)').argParser(
      parseCount({ min: 1, max: 100_000 }),
    ),
    option('--stride <rows>', 'rows between two steps of a window (default: 3 h of them)').argParser(
      parseCount({ min: 1, max: 10_000 }),
    ),
    option('--train-every <duration>', 'a training round is due this often')
      .argParser(parsePositiveDuration)
      .default(86_400_000, '1d'),
    option('--round-steps <n>', 'gradient steps of a round')
      .argParser(parseCount({ min: 1, max: 1000 }))
      .default(2),
    option('--batch <n>', 'samples of a gradient step')
      .argParser(parseCount({ min: 1, max: 4096 }))
      .default(128),
  ])

export const serverOptions = () =>
  under('Bus and server', [
    option('--host <address>', 'address to listen on; other than loopback needs --token')
      .argParser(parseText)
      .default('127.0.0.1'),
    option('--port <n>', 'port of the page and the WebSocket, 0 for any free one (default: 8080)').argParser(
      parseCount({ min: 0, max: 65_535 }),
    ),
    option('--token <secret>', 'who has it may connect; best given as TICKCAST_TOKEN'),
    option(
      '--allow-origin <origin>',
      'pages of this origin may ask and read, such as https://home.example; given again, more of them',
    ).argParser(parseOrigins),
    option('--allow-frame <origin>', 'pages of this origin may show the page in a frame').argParser(
      parseOrigins,
    ),
  ])

export const logOptions = () =>
  under('Log', [
    option('--log-level <name>', 'what is told on standard error, as JSON where that is no terminal')
      .choices(LOG_LEVELS)
      .default('warn'),
  ])

export const clientOptions = () =>
  under('Server', [
    option('--url <address>', 'where tickcast listens')
      .argParser(parseUrl({ protocols: ['http:', 'https:'], example: 'http://127.0.0.1:8080' }))
      .default('http://127.0.0.1:8080'),
    option('--token <secret>', 'its token, if it has one; best given as TICKCAST_TOKEN'),
  ])

export const jsonOption = () =>
  new Option('--json', 'for machines: JSON lines, nothing else on standard output')
