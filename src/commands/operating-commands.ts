import { Argument, type Command, Option } from 'commander'
import { parseCount, parseDate, parseSpeed, parseStationId } from './option-values.ts'
import { checkOptions, clientOptions, downloadOptions, exportOptions, jsonOption } from './options.ts'
import { withOptions } from './with-options.ts'

/** Adds the commands around a running server and around files. */
export function addOperatingCommands(program: Command): void {
  withOptions(
    program.command('watch').description('the stream of one station in the terminal'),
    [
      new Option('--station <id>', 'which one (default: the first)').argParser(parseStationId),
      new Option('--topics <list>', 'reading, forecast, score, status, outside').default(
        'reading,forecast,score',
        'reading,forecast,score',
      ),
      jsonOption(),
    ],
    clientOptions(),
  ).action(async (options) => (await import('./watch.ts')).watch(options))

  const tape = program.command('tape').description('operate the tape of a running replay')
  const tapeCommand = (name: string, description: string) =>
    withOptions(
      tape.command(name).description(description),
      [
        new Option('--station <id>', 'which one (default: the only one)').argParser(parseStationId),
        jsonOption(),
      ],
      clientOptions(),
    )
  const operate = async (...args: Parameters<typeof import('./tape.ts')['operate']>) =>
    (await import('./tape.ts')).operate(...args)
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
    .action(async (options) => (await import('./tape.ts')).beginAnew(options))
  tapeCommand('loop', 'begin again at the end, or not')
    .addArgument(new Argument('<on|off>').choices(['on', 'off']))
    .action((loop, options) => operate({ loop: loop === 'on' }, options))

  withOptions(
    program
      .command('check')
      .description('show what would be read of a file, and what of it is refused and why'),
    checkOptions(),
  ).action(async (options) => {
    if (options.ask) await (await import('./check-issuers.ts')).checkIssuers(options)
    else await (await import('./check.ts')).check(options)
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
  ).action(async (options) => (await import('./feed.ts')).feed(options))

  withOptions(
    program
      .command('remove')
      .description('have a running server forget a station and all that is held of it')
      .argument('<station>', 'its id', parseStationId),
    [new Option('--yes', 'it is meant: this cannot be undone')],
    clientOptions(),
  ).action(async (station, options) => (await import('./remove.ts')).remove(station, options))

  withOptions(
    program
      .command('accept')
      .description(
        "tell a running server that what a station's sensor says is real: it is believed from now on",
      )
      .argument('<station>', 'its id', parseStationId),
    clientOptions(),
  ).action(async (station, options) => (await import('./accept.ts')).accept(station, options))

  withOptions(
    program
      .command('export')
      .description(
        'what a live station published, as far as it is kept, in a file; beside a running server too',
      ),
    exportOptions(),
  ).action(async (options) => (await import('./export.ts')).exportRecord(options))

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
      await (await import('./download.ts')).download()
    else await (await import('./download-outside.ts')).downloadOutside(options)
  })
}
