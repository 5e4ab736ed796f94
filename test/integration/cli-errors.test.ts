import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/domain/instant.ts'
import { temporaryFolder } from '../support/files.ts'
import { JENA_HEADER, jenaFile, jenaRow, jenaRows } from '../support/jena-file.ts'
import { runTickcast } from '../support/process.ts'

const files = temporaryFolder()

/** What every refusal has in common; returns its one line. */
async function refusal(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, stdout, stderr } = await runTickcast(args, { env })
  expect({ code, stdout, lines: stderr.split('\n').length - 1 }, stderr).toEqual({
    code: 2,
    stdout: '',
    lines: 1,
  })
  expect(stderr).toMatch(/^tickcast: .+\n$/)
  return stderr
}

describe('cli errors - the file', () => {
  it('cli errors - a second station file, which would take the place of the first', async () => {
    expect(await refusal(['start', '--live', '--station', 'one.yaml', '--station', 'two.yaml'])).toContain(
      "'--station <file>' argument 'two.yaml' is invalid. Expected one: a further station is --neighbour FILE",
    )
  })

  it('cli errors - a file that is missing', async () => {
    const path = files.path('nowhere.csv')
    expect(await refusal(['run', '--data', path])).toBe(`tickcast: ${path}: there is no such file\n`)
  })

  it('cli errors - a folder in place of a file', async () => {
    const path = files.path('')
    expect(await refusal(['run', '--data', path])).toContain(`${path}: it is a folder; expected a file`)
  })

  it('cli errors - an empty file', async () => {
    const path = await files.write('empty.csv', '')
    expect(await refusal(['run', '--data', path])).toContain(
      `${path}: it is empty; expected a header and rows`,
    )
  })

  it('cli errors - a header and nothing under it', async () => {
    const path = await files.write('header.csv', `${JENA_HEADER}\n`)
    expect(await refusal(['run', '--data', path])).toContain(`${path}: a header and no rows`)
  })

  it('cli errors - columns of another file: what was found, what is expected, what helps', async () => {
    const path = await files.write('other.csv', 'when,what,where\n1,2,3\n')
    const line = await refusal(['run', '--data', path])
    expect(line).toContain("other.csv:1: no time column 'Date Time'; found 'when', 'what', 'where'")
    expect(line).toContain('describe another station with --station FILE')
  })

  it('cli errors - no target among the columns', async () => {
    const path = await files.write('no-target.csv', '"Date Time","p (mbar)"\n01.01.2015 00:10:00,990.0\n')
    expect(await refusal(['run', '--data', path])).toContain("no-target.csv:1: no target column 'T (degC)'")
  })

  it('cli errors - no row with a readable time: the first one is shown', async () => {
    const path = await files.write('times.csv', '"Date Time","T (degC)"\nyesterday,1.0\ntoday,2.0\n')
    const line = await refusal(['run', '--data', path])
    expect(line).toContain("times.csv:2: Date Time is 'yesterday'; expected a time written as")
  })

  it('cli errors - a file whose later half comes first: of the other none of its rows would be taken', async () => {
    const [header, ...rows] = jenaFile({ days: 3 }).trim().split('\n')
    const swapped = [header, ...rows.slice(216), ...rows.slice(0, 216)]
    const path = await files.write('swapped.csv', `${swapped.join('\n')}\n`)
    expect(await refusal(['run', '--data', path])).toMatch(
      /swapped\.csv: it begins at 2015-01-02T.* and ends at 2015-01-02T.*; expected the oldest row first, or order/,
    )
  })

  it('cli errors - a .gz that is cut off, before anything is played', async () => {
    const whole = gzipSync(jenaFile({ days: 20 }))
    const path = await files.write('cut.csv.gz', whole.subarray(0, whole.length >> 1))
    expect(await refusal(['run', '--data', path])).toContain(`${path}: it is cut off`)
  })

  it('cli errors - a .zip that is cut off', async () => {
    const whole = await readFile(
      await files.zip('whole.zip', { name: 'jena.csv', content: jenaFile({ days: 20 }) }),
    )
    const path = await files.write('cut.zip', whole.subarray(0, whole.length >> 1))
    expect(await refusal(['run', '--data', path])).toContain(`${path}: it is cut off`)
  })

  it('cli errors - a .zip with no table in it', async () => {
    const path = await files.zip('photos.zip', { name: 'cat.jpg', content: 'miaow' })
    expect(await refusal(['run', '--data', path])).toContain(`${path}: no .csv file in it; found 'cat.jpg'`)
  })

  it('cli errors - a file that only calls itself packed', async () => {
    const path = await files.write('plain.csv.gz', jenaFile({ days: 1 }))
    expect(await refusal(['run', '--data', path])).toContain(`${path}: its bytes are neither gzip nor zip`)
  })
})

describe('cli errors - flags', () => {
  it.each([
    { flags: ['--speed', '0'], says: /'--speed <x>' argument '0' is invalid\. Expected a number above 0/ },
    { flags: ['--speed', 'fast'], says: /'--speed <x>' argument 'fast' is invalid/ },
    { flags: ['--port', '99999'], says: /'--port <n>' argument '99999' is invalid\. .* from 0 to 65535/ },
    { flags: ['--units', 'x'], says: /'--units <list>' argument 'x' is invalid\. .* such as 32 or 32,64/ },
    { flags: ['--from', 'nonsense'], says: /'--from <date>' argument 'nonsense' is invalid\. .* 2012-07-01/ },
    { flags: ['--from', '2015-02-30'], says: /'--from <date>' argument '2015-02-30' is invalid/ },
    { flags: ['--issue-every', '0h'], says: /'--issue-every <duration>' argument '0h' is invalid/ },
    {
      flags: ['--lateness', '999999999999999999d'],
      says: /'--lateness <duration>' argument .* is invalid\. .* at most 36500d/,
    },
    { flags: ['--data', ''], says: /'--data <file>' argument '' is invalid\. Expected some text/ },
    { flags: ['--host', ''], says: /'--host <address>' argument '' is invalid/ },
    { flags: ['--nats', ''], says: /'--nats <url>' argument '' is invalid\. .* such as nats:/ },
    { flags: ['--nats', 'nats://'], says: /'--nats <url>' argument 'nats:\/\/' is invalid/ },
    { flags: ['--engine', 'gpu'], says: /'--engine <name>' argument 'gpu' is invalid\. .* tfjs/ },
    { flags: ['--keep-for', '12h'], says: /'--keep-for <duration>' argument '12h' is invalid\. .* from 1d/ },
    { flags: ['--keep-for', 'ever'], says: /'--keep-for <duration>' argument 'ever' is invalid/ },
    {
      flags: ['--live', '--no-keep', '--keep-for', '30d'],
      says: /--keep-for says how long the record of a live station is kept/,
    },
    { flags: ['--seed', '-1'], says: /'--seed <n>' argument '-1' is invalid/ },
    { flags: ['--sped', '10'], says: /unknown option '--sped' \(Did you mean .*--speed\?\)/ },
    { flags: ['--no-such-flag'], says: /unknown option '--no-such-flag'/ },
    {
      flags: ['--nats', 'http://127.0.0.1:1'],
      says: /'--nats <url>' argument .* such as nats:\/\/127\.0\.0\.1:4222/,
    },
    { flags: ['surplus'], says: /too many arguments/ },
  ])('cli errors - run $flags', async ({ flags, says }) => {
    expect(await refusal(['run', ...flags])).toMatch(says)
  })

  it('cli errors - a flag given by the environment is named as such', async () => {
    const line = await refusal(['run'], { TICKCAST_SPEED: 'warp' })
    expect(line).toContain("'warp' from env 'TICKCAST_SPEED' is invalid")
  })

  it('cli errors - a password in an address stays out of the message', async () => {
    const line = await refusal(['run', '--nats', 'http://ann:secret@127.0.0.1:1'])
    expect(line).not.toContain('secret')
  })

  it('cli errors - a lookback that is no multiple of the stride', async () => {
    const path = await files.write('stride.csv', jenaFile({ days: 1 }))
    const line = await refusal(['run', '--data', path, '--lookback', '100', '--stride', '7'])
    expect(line).toContain('--lookback 100 and --stride 7')
    expect(await refusal(['run', '--data', path, '--lookback', '100'])).toContain(
      '--lookback 100 and --stride 18',
    )
  })

  it('cli errors - flags that contradict one another', async () => {
    const path = await files.write('contradiction.csv', jenaFile({ days: 1 }))
    expect(await refusal(['run', '--live', '--data', path])).toContain('--live')
    expect(await refusal(['run', '--live', '--until-end'])).toContain('--until-end')
    expect(await refusal(['run', '--data', path, '--loop', '--until-end'])).toContain('--loop')
    for (const command of ['run', 'backtest'])
      expect(await refusal([command, '--data', path, '--experts', 'gru', '--no-network'])).toContain(
        '--experts, --without and --no-network leave nobody to forecast',
      )
    expect(await refusal(['run', '--live', '--lead-in', '3d'])).toContain('--lead-in is for a tape')
    expect(await refusal(['run', '--station', path])).toContain('--station needs --data FILE')
    expect(await refusal(['run', '--data', path, '--from', '2020-01-01'])).toContain(
      '--from 2020-01-01T00:00:00Z: outside the tape, 2015-01-01T00:00:00Z to 2015-01-01T23:50:00Z',
    )
    expect(await refusal(['run', '--data', path, '--from', '2015-01-01', '--until', '2015-01-01'])).toContain(
      '--until 2015-01-01T00:00:00Z: not after the start',
    )
  })

  it('cli errors - an unknown command, and one that needs more', async () => {
    expect(await refusal(['forcast'])).toContain("unknown command 'forcast'")
    expect(await refusal(['tape', 'rewind'])).toContain("unknown command 'rewind'")
    expect(await refusal(['tape', 'step', '0'])).toContain('Expected a whole number from 1 to 10000')
    expect(await refusal(['tape', 'seek', 'monday'])).toContain("'monday' is invalid")
    expect(await refusal(['feed'])).toContain("'--station <id>' not specified")
    const both = ['--keep', 'kept', '--url', 'http://127.0.0.1:1']
    expect(await refusal(['explain', 'jena/newest', ...both])).toContain(
      'says where the forecast is, not both',
    )
  })
})

describe('cli errors - what is around it', () => {
  it('cli errors - a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const path = await files.write('port.csv', jenaFile({ days: 1 }))
    const line = await refusal(['start', '--data', path, '--port', String(port)])
    expect(line).toContain(String(port))
    expect(line).toContain('--port')
  })

  it('cli errors - a host that others can reach, and no token', async () => {
    const path = await files.write('host.csv', jenaFile({ days: 1 }))
    expect(await refusal(['start', '--data', path, '--host', '0.0.0.0'])).toContain(
      '--host 0.0.0.0 lets others in: set a token too',
    )
  })

  it('cli errors - a NATS server that is not there', async () => {
    const path = await files.write('nats.csv', jenaFile({ days: 1 }))
    for (const command of ['start', 'replay']) {
      expect(await refusal([command, '--data', path, '--nats', 'nats://127.0.0.1:1'])).toContain(
        'cannot reach NATS at nats://127.0.0.1:1 (connection refused)',
      )
    }
    expect(await refusal(['forecast', '--nats', 'nats://127.0.0.1:1'])).toContain('connection refused')
    expect(await refusal(['serve', '--nats', 'nats://127.0.0.1:1'])).toContain('connection refused')
    const [none, nobody] = [files.path('none.yaml'), 'persistence']
    const forecast = ['forecast', '--nats', 'nats://127.0.0.1:1']
    expect(await refusal([...forecast, '--station', none])).toContain(none)
    expect(await refusal([...forecast, '--experts', nobody, '--without', nobody])).toContain('leave nobody')
  })

  it('cli errors - the commands of a deployment without a NATS address', async () => {
    for (const command of ['replay', 'forecast', 'serve']) {
      expect(await refusal([command])).toContain('--nats URL or NATS_URL')
    }
  })

  it('cli errors - no server where a client looks for one', async () => {
    const nobody = ['--url', 'http://127.0.0.1:1']
    for (const args of [['watch'], ['tape', 'state'], ['tape', 'pause', '--station', 'jena']]) {
      expect(await refusal([...args, ...nobody])).toContain('no Tickcast at http://127.0.0.1:1')
    }
    const fed = await runTickcast(['feed', '--station', 'jena', ...nobody], { input: '{"T (degC)":1}\n' })
    expect({ ...fed, stderr: fed.stderr.split('\n').length - 1 }).toEqual({ code: 2, stdout: '', stderr: 1 })
    expect(await refusal(['feed', '--station', 'jena', ...nobody])).toContain(
      'nothing came on standard input',
    )
    const header = await runTickcast(['feed', '--station', 'jena', ...nobody], {
      input: 'Date Time,T (degC)\n',
    })
    expect(header).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing came but the header') })
    expect(await refusal(['watch', '--topics', 'forcast', ...nobody])).toContain("no topic 'forcast'")
  })
})

describe('cli errors - the lab', () => {
  it('cli errors - a folder of results that is a file', async () => {
    const path = await files.write('lab.csv', jenaFile({ days: 10 }))
    const { code, stderr } = await runTickcast([
      'lab',
      'run',
      'persistence',
      '--data',
      path,
      '--results',
      path,
    ])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(`tickcast: --results ${path}: cannot be written: EEXIST`),
    })
  })
})

describe('cli errors - the station file', () => {
  const station = `id: pond
time: { column: when, format: iso, utc_offset: "+00:00" }
cadence: 10m
target: water
channels:
  - { column: water, unit: degC, min: -5, max: 40 }
`

  const refused = async (name: string, content: string): Promise<string> => {
    const data = await files.write('pond.csv', 'when,water\n2020-01-01T00:00:00Z,4.5\n')
    return refusal(['run', '--data', data, '--station', await files.write(name, content)])
  }

  it('cli errors - a station file that is missing', async () => {
    const data = await files.write('pond.csv', 'when,water\n2020-01-01T00:00:00Z,4.5\n')
    const path = files.path('nobody.yaml')
    expect(await refusal(['run', '--data', data, '--station', path])).toContain(path)
    expect(await refusal(['start', '--live', '--station', path])).toContain(path)
  })

  it('cli errors - a station file that is no YAML: line and column', async () => {
    expect(await refused('syntax.yaml', `${station}  - { column: "air }\n`)).toMatch(
      /syntax\.yaml:\d+:\d+: no YAML or JSON/,
    )
  })

  it('cli errors - a target that is no channel', async () => {
    expect(await refused('target.yaml', station.replace('target: water', 'target: air'))).toContain(
      'target.yaml: target: it is "air"; expected the name of one of the channels: water',
    )
  })

  it('cli errors - a station file without a target', async () => {
    expect(await refused('no-target.yaml', station.replace('target: water\n', ''))).toContain(
      'no-target.yaml: target: it is missing',
    )
  })

  it('cli errors - a key with a slip in it', async () => {
    expect(await refused('key.yaml', `${station}misssing: [x]\n`)).toContain("did you mean 'missing'?")
  })
})

describe('cli errors - bad rows are no errors', () => {
  /** Runs a file of good rows with these bad ones among them, each in front of the day it stands for. */
  async function counted(name: string, rows: readonly string[], expected = 0) {
    const path = await files.write(name, `${[JENA_HEADER, ...rows].join('\n')}\n`)
    const { code, stdout, stderr } = await runTickcast([
      ...['run', '--data', path, '--speed', 'max', '--until-end', '--json', '--no-network'],
    ])
    expect(code, stderr).toBe(expected)
    const { readings, rejected, rejectedByReason: reasons, rows: read } = JSON.parse(stdout)
    expect(read).toBe(readings + rejected)
    return { read, readings, rejected, reasons, stderr }
  }
  const good = jenaRows({ days: 3 })
  const start = Date.UTC(2015, 0, 1)

  it('cli errors - bad rows are counted as rejected, each under its reason, and the rest is read', async () => {
    const noon = start + DAY / 2
    const bad = {
      malformed: [
        '01.01.2015 12:05:00,990.00',
        `${jenaRow(noon + 5 * MINUTE)},1,2,3`,
        jenaRow(noon + 5 * MINUTE).replace(/^([^,]+,[^,]+),[^,]+/, '$1,warm'),
        jenaRow(noon + 5 * MINUTE).replace(/^[^,]+/, '31.02.2015 00:00:00'),
        // A quote that is not closed.
        `"01.01.2015 12:05:00,${'1,'.repeat(13)}1`,
      ],
      late: [jenaRow(start + 2 * HOUR)],
      duplicate: [jenaRow(start + DAY - 10 * MINUTE)],
      outlier_time: [jenaRow(start + 3000 * DAY)],
      out_of_limits: [jenaRow(start + DAY - 5 * MINUTE).replace(/^([^,]+,[^,]+),[^,]+/, '$1,120.00')],
    }
    const rows = [...good.slice(0, 144), ...Object.values(bad).flat(), ...good.slice(144)]
    const { read, reasons } = await counted('bad-rows.csv', rows)
    expect({ read, reasons }).toEqual({
      read: rows.length,
      reasons: Object.fromEntries(Object.entries(bad).map(([reason, some]) => [reason, some.length])),
    })
  })

  it('cli errors - a file that begins and ends with bad rows counts them too', async () => {
    const far = jenaRow(start + 3000 * DAY)
    const { read, rejected } = await counted('ends.csv', [
      'nonsense',
      far.replace(/^([^,]+,[^,]+),[^,]+/, '$1,x'),
      ...good,
      'x',
      far,
    ])
    expect({ read, rejected }).toEqual({ read: good.length + 4, rejected: 4 })
  })

  it('cli errors - a file of which no row is good is read to its end, and is no success', async () => {
    const hot = good.map((row) => row.replace(/^([^,]+,[^,]+),[^,]+/, '$1,5000.00'))
    const { read, readings, rejected, stderr } = await counted('all-bad.csv', hot, 2)
    expect(stderr).toContain(
      `all-bad.csv: no reading could be made of its ${good.length} rows (${good.length} out_of_limits); all-bad.csv:`,
    )
    expect({ read, readings, rejected }).toEqual({ read: good.length, readings: 0, rejected: good.length })
  })
})
