import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postTapeCommand } from '../../src/client/http.ts'
import type { TapeCommand, TapeMessage } from '../../src/protocol/tape.ts'
import { temporaryFolder } from '../support/files.ts'
import { jenaFile } from '../support/jena-file.ts'
import { describeWithNats, type NatsServer, startNatsServer } from '../support/nats-server.ts'
import { type Running, runShell, runTickcast, startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
/** 2015-01-01T00:00:00Z to 2015-01-30T23:50:00Z */
const DAYS = 30
/** Slow enough that nothing moves by itself while a test looks on: a row in ten seconds. */
const SLOW = ['--speed', '60', '--lead-in', '2d', '--experts', 'persistence,seasonal_naive']
let csv: string
beforeAll(async () => {
  csv = await files.write('january.csv', jenaFile({ days: DAYS }))
})

const startSlow = (...flags: readonly string[]): Running =>
  startTickcast(['start', '--data', csv, '--port', '0', ...SLOW, ...flags])

describe('tape control', () => {
  let server: Running
  let url: string
  beforeAll(async () => {
    server = startSlow()
    url = await server.address()
  })
  afterAll(() => server.stop())

  async function tape(...args: readonly string[]): Promise<TapeMessage> {
    const { code, stdout, stderr } = await runTickcast(['tape', ...args, '--json', '--url', url])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout)
  }
  /** The same over HTTP, where it is not the command that is looked at: it costs no process. */
  const told = (command: TapeCommand, at = url): Promise<TapeMessage> =>
    postTapeCommand('jena', { url: at, command })
  const ten = 600_000

  it('tape control - pause, step, speed, resume and loop do what they say and answer how the tape stands', async () => {
    await until('the lead-in is played', async () => (await told({ state: true })).rows >= 2 * 144)
    const paused = await tape('pause')
    expect(paused).toMatchObject({
      paused: true,
      speed: 60,
      loop: false,
      ended: false,
      first: '2015-01-01T00:00:00Z',
      last: '2015-01-30T23:50:00Z',
    })
    expect(await tape('state')).toEqual(paused)

    const stepped = await tape('step', '3')
    expect(stepped.rows).toBe(paused.rows + 3)
    expect(Date.parse(stepped.position ?? '')).toBe(Date.parse(paused.position ?? '') + 3 * ten)
    expect((await tape('step')).rows).toBe(paused.rows + 4)

    expect(await tape('speed', 'max')).toMatchObject({ speed: 'max', paused: true })
    expect(await told({ speed: 60 })).toMatchObject({ speed: 60 })
    expect(await tape('loop', 'on')).toMatchObject({ loop: true })
    expect(await told({ loop: false })).toMatchObject({ loop: false })
    expect(await tape('resume')).toMatchObject({ paused: false, session: paused.session })
  })

  it('tape control - a seek forwards goes on with the session, one back is lived again in a new one, and nothing is forgotten', async () => {
    const before = await told({ pause: true })
    const ahead = await tape('seek', '2015-01-20')
    expect(ahead).toMatchObject({ session: before.session, position: '2015-01-20T00:00:00Z', paused: true })
    expect((await told({ step: 1 })).position).toBe('2015-01-20T00:00:00Z')
    const back = await tape('seek', '2015-01-02T12:00:00Z')
    expect(back).toMatchObject({ position: '2015-01-02T12:00:00Z', remembers: true, paused: true })
    expect(back.session > before.session).toBe(true)
    await until(
      'it has lived up to there',
      async () => (await told({ state: true })).catching_up_to === undefined,
    )
    expect(await told({ state: true })).toMatchObject({
      rows: 36 * 6,
      position: '2015-01-02T12:00:00Z',
      paused: true,
    })
  })

  it('tape control - a seek that would forget is refused in one line, with the flag that says it is meant', async () => {
    const other = startSlow('--no-keep', '--paused', '--lead-in', '2d')
    const at = await other.address()
    await told({ step: 300 }, at)
    const refused = await runTickcast(['tape', 'seek', '2015-01-02', '--url', at])
    expect(refused).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'tickcast: seek: 2015-01-02T00:00:00Z: this tape is not kept, so that all that was learnt would be forgotten: ' +
        'add --forget if that is meant\n',
    })
    const meant = await runTickcast(['tape', 'seek', '2015-01-02', '--forget', '--url', at])
    expect(meant).toMatchObject({ code: 0, stderr: '' })
    await other.stop()
  })

  it('tape control - told twice that it is meant, it begins anew', async () => {
    const before = await told({ pause: true })
    expect(await tape('anew', '--yes')).toMatchObject({
      rows: 0,
      position: '2015-01-01T00:00:00Z',
      paused: true,
    })
    expect((await told({ state: true })).session > before.session).toBe(true)
    await told({ step: 300 })
  })

  it('tape control - a seek outside the tape is rejected, and names its span', async () => {
    const before = await told({ pause: true })
    const { code, stdout, stderr } = await runTickcast(['tape', 'seek', '2031-01-01', '--url', url])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(
      `tickcast: seek: 2031-01-01T00:00:00Z is outside the tape, 2015-01-01T00:00:00Z to 2015-01-30T23:50:00Z (from ${url})\n`,
    )
    expect(await told({ state: true })).toEqual(before)
  })

  it('tape control - without --json the answer is a sentence', async () => {
    await told({ pause: true })
    const { stdout } = await runTickcast(['tape', 'state', '--url', url])
    expect(stdout).toMatch(
      /^jena: paused, speed 60x, at 2015-01-\S+, \d+ rows played, remembers what was lived\n$/,
    )
  })

  it('tape control - a station that has no tape, or is not there, is an error with its name', async () => {
    const { code, stderr } = await runTickcast(['tape', 'pause', '--station', 'moon', '--url', url])
    expect(code).toBe(2)
    expect(stderr).toContain("'moon'")
  })

  it('tape control - watch prints each message as a line of JSON, or as a line for people', async () => {
    await told({ pause: true })
    const json = startTickcast(['watch', '--json', '--topics', 'reading,forecast,score,status', '--url', url])
    const plain = startTickcast(['watch', '--url', url])
    const topics = () =>
      new Set(
        json.stdout
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line).topic),
      )
    await until('a snapshot of each topic', () => topics().size === 4)
    await plain.prints(/score {5}MAE/)
    const seen = json.stdout.length
    const { position } = await told({ step: 1 })
    await until('the reading of the step', () =>
      json.stdout.slice(seen).includes(`"event_time":"${position}"`),
    )
    const { stdout, code } = await json.stop('SIGINT')
    expect(code).toBe(0)
    for (const line of stdout.split('\n').slice(0, -1)) {
      expect(JSON.parse(line)).toMatchObject({ station: 'jena', data: { source: 'replay' } })
    }
    const said = await plain.stop()
    expect(said).toMatchObject({ code: 0, stderr: '' })
    expect(said.stdout).toMatch(/^jena: Jena, .+, T \(degC\)\n/)
    expect(said.stdout).toMatch(/^2015-01-\S+ {2}reading {3}T \(degC\) -?\d+\.\d\d$/m)
    expect(said.stdout).toMatch(/^2015-01-\S+ {2}forecast {2}\+1 h .+ degC, 90 % intervals$/m)
  })

  it('tape control - a watch whose reader has had enough ends without a word', async () => {
    await told({ pause: true })
    const reading = runShell(`watch --json --url ${url} | head -n 1`)
    // That nobody reads any more a writer learns when it writes.
    let over = false
    void reading.finally(() => {
      over = true
    })
    await until('the watch has ended', async () => over || void (await told({ step: 1 })))
    const { code, stdout, stderr } = await reading
    expect({ code, lines: stdout.split('\n').length, stderr }).toEqual({ code: 0, lines: 2, stderr: '' })
  })

  it('tape control - a watch says when its server is lost and when it is back', async () => {
    const other = startSlow()
    const address = await other.address()
    const watch = startTickcast(['watch', '--url', address])
    await watch.prints(/reading/)
    await other.stop()
    await watch.prints(/is lost/)
    const again = startTickcast([...['start', '--data', csv, '--port', new URL(address).port, ...SLOW]])
    await watch.prints(/again/)
    expect((await watch.stop()).code).toBe(0)
    await again.stop()
  })
})

/** One that takes longer than whoever pressed the keys is patient ends with code 1, and says so. */
async function endsInOrder(running: Running, signal: NodeJS.Signals): Promise<void> {
  const { code, stderr } = await running.stop(signal)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

describe('interruption', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'interruption - %s ends a start in order, clients connected or not',
    async (signal) => {
      const server = startTickcast(['start', '--data', csv, '--port', '0', '--units', '4'])
      const watch = startTickcast(['watch', '--url', await server.address()])
      await watch.prints(/reading/)
      await endsInOrder(server, signal)
      await watch.prints(/is lost/)
      expect((await watch.stop(signal)).code).toBe(0)
    },
  )

  it('interruption - a run as fast as possible is interrupted in its midst, and with --json says how far it came', async () => {
    const year = await files.write('year.csv', jenaFile({ days: 400 }))
    const run = startTickcast([
      'run',
      '--data',
      year,
      '--speed',
      'max',
      '--until-end',
      '--json',
      '--no-network',
    ])
    await run.prints(/speed/)
    const { code, stdout } = await run.stop('SIGINT')
    expect(code).toBe(0)
    expect(JSON.parse(stdout).rows).toBeLessThan(400 * 144)
  })
})

describeWithNats('interruption on NATS', () => {
  let nats: NatsServer
  beforeAll(async () => {
    nats = await startNatsServer()
  })
  afterAll(() => nats.remove())

  const processes = async (): Promise<readonly [Running, Running, Running]> => {
    const at = ['--nats', nats.url]
    const forecast = startTickcast(['forecast', '--no-network', ...at])
    const serve = startTickcast(['serve', '--port', '0', ...at])
    const replay = startTickcast(['replay', '--data', csv, ...at])
    await Promise.all([forecast.prints(/station +jena/), serve.address(), replay.prints(/speed/)])
    return [forecast, serve, replay]
  }

  it('interruption - either signal ends replay, forecast and serve in order', async () => {
    const [forecast, serve, replay] = await processes()
    await endsInOrder(forecast, 'SIGINT')
    await endsInOrder(serve, 'SIGTERM')
    await endsInOrder(replay, 'SIGINT')
  })

  it('interruption - they end soon with NATS away, too, and say what was given up', async () => {
    const running = await processes()
    await nats.stop()
    await Promise.all(running.map((each) => endsInOrder(each, 'SIGTERM')))
    await nats.start()
  })
})
