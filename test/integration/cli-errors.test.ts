import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/domain/instant.ts'
import { temporaryFolder } from '../support/files.ts'
import { JENA_HEADER, jenaFile, jenaRow, jenaRows } from '../support/jena-file.ts'
import { runTickcast } from '../support/process.ts'

/*
 * One refusal of each kind by the program itself, with its exit code and both its outputs. The others are those of
 * `commands/refused-flags.test.ts` and `commands/refused-files.test.ts`, which ask the same program in their own process.
 */

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

describe('cli errors - files and flags', () => {
  it('cli errors - a file that is missing', async () => {
    const path = files.path('nowhere.csv')
    expect(await refusal(['run', '--data', path])).toBe(`tickcast: ${path}: there is no such file\n`)
  })

  it('cli errors - a .gz that is cut off, before anything is played', async () => {
    const whole = gzipSync(jenaFile({ days: 20 }))
    const path = await files.write('cut.csv.gz', whole.subarray(0, whole.length >> 1))
    expect(await refusal(['run', '--data', path])).toContain(`${path}: it is cut off`)
  })

  it('cli errors - a station file that is missing', async () => {
    const path = files.path('nobody.yaml')
    expect(await refusal(['start', '--live', '--station', path])).toContain(path)
  })

  it('cli errors - a flag with a wrong value, in the environment too, and one that there is not', async () => {
    expect(await refusal(['run', '--speed', '0'])).toContain(
      "'--speed <x>' argument '0' is invalid. Expected a number above 0",
    )
    expect(await refusal(['run'], { TICKCAST_SPEED: 'warp' })).toContain(
      "'warp' from env 'TICKCAST_SPEED' is invalid",
    )
    expect(await refusal(['run', '--sped', '10'])).toMatch(
      /unknown option '--sped' \(Did you mean .*--speed\?\)/,
    )
  })

  it('cli errors - flags that contradict one another', async () => {
    const path = await files.write('contradiction.csv', jenaFile({ days: 1 }))
    expect(await refusal(['run', '--live', '--data', path])).toContain('--live')
  })

  it('cli errors - a beginning outside the file', async () => {
    const path = await files.write('outside.csv', jenaFile({ days: 1 }))
    expect(await refusal(['run', '--data', path, '--from', '2020-01-01'])).toContain(
      '--from 2020-01-01T00:00:00Z: outside the tape, 2015-01-01T00:00:00Z to 2015-01-01T23:50:00Z',
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
  })

  it('cli errors - no server where a client looks for one', async () => {
    const nobody = ['--url', 'http://127.0.0.1:1']
    for (const args of [['watch'], ['tape', 'state']]) {
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

describe('cli errors - bad rows are no errors', () => {
  /** Runs a file of good rows with these bad ones among them, each in front of the day it stands for. */
  async function counted(name: string, rows: readonly string[], expected = 0) {
    const path = await files.write(name, `${[JENA_HEADER, ...rows].join('\n')}\n`)
    const { code, stdout, stderr } = await runTickcast([
      ...['run', '--data', path, '--speed', 'max', '--until-end', '--json'],
      ...['--experts', 'persistence'],
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
