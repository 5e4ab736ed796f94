import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { errorTeller, LOG_LEVELS, type LogLevel, logError, openLog } from '../../src/app/log.ts'
import { screenOf } from '../../src/app/screen.ts'
import { openTerminal } from '../../src/app/terminal.ts'
import { memoryBus } from '../../src/bus/memory.ts'
import { TickcastError } from '../../src/domain/errors.ts'
import { readingAt } from '../gateway/messages.ts'

const ESCAPE = '\u001b'

/** A stream that keeps what is written to it; `isTTY` makes it a terminal. */
function kept(isTTY: boolean) {
  const lines: string[] = []
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 80 })
  stream.on('data', (chunk) => lines.push(String(chunk)))
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => lines.join('') }
}

function logged(logLevel: LogLevel, { isTTY = false, env = {} as NodeJS.ProcessEnv } = {}) {
  const { stream, text } = kept(isTTY)
  return { log: openLog({ logLevel }, { stream, env, terminal: { above: (write) => write() } }), text }
}

describe('log', () => {
  it('log - for machines an event is a line of JSON, an error with its whole stack', () => {
    const { log, text } = logged('warn')
    logError(log)(new Error('a subscriber failed', { cause: new Error('no channel') }))
    log.warn({ request_id: '01J' }, 'the bus is away')
    const [first, second, ...more] = text().trimEnd().split('\n')
    expect(more).toEqual([])
    expect(JSON.parse(first!)).toMatchObject({
      level: 'error',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      msg: 'a subscriber failed: no channel',
      err: { stack: expect.stringContaining('log.test.ts') },
    })
    expect(JSON.parse(second!)).toMatchObject({ level: 'warn', request_id: '01J', msg: 'the bus is away' })
  })

  it('log - what a subscriber of the bus throws is told with the place it was thrown at, and the stream goes on', async () => {
    const { log, text } = logged('warn')
    const bus = memoryBus({ onError: logError(log) })
    let heard = 0
    await bus.subscribe({ topic: 'reading' }, () => {
      heard += 1
      if (heard === 1) throw new Error('no channel')
    })
    for (const n of [1, 2]) bus.publish('pond', 'reading', readingAt(n))
    expect(heard).toBe(2)
    const [record, ...more] = text().trimEnd().split('\n')
    expect(more).toEqual([])
    expect(JSON.parse(record!)).toMatchObject({
      msg: 'a subscriber of pond reading failed: no channel',
      err: { stack: expect.stringMatching(/caused by: Error: no channel[\s\S]*log\.test\.ts/) },
    })
  })

  it('log - what a person can mend is told on the terminal, what should not have been thrown in the log', () => {
    const { log, text } = logged('warn')
    const lines = kept(false)
    const tell = errorTeller({ terminal: openTerminal(lines.stream), log })
    tell(new Error('3 messages were given up'))
    tell(new Error('pond cannot be forecast', { cause: new TickcastError('usage', '--lookback: too long') }))
    expect(text()).toBe('')
    tell(new Error('pond cannot be forecast', { cause: new TypeError('x is undefined') }))
    expect(lines.text().trimEnd().split('\n')).toEqual([
      '  warning 3 messages were given up',
      '  warning pond cannot be forecast: --lookback: too long',
    ])
    expect(JSON.parse(text())).toMatchObject({ msg: 'pond cannot be forecast: x is undefined' })
  })

  it('log - in a terminal an event is one readable line, and under an error stands its stack', () => {
    const { log, text } = logged('info', { isTTY: true, env: { TERM: 'dumb' } })
    log.warn({ request_id: '01J' }, 'two\nlines')
    log.error({ err: new Error('broken') }, 'broken')
    const lines = text().trimEnd().split('\n')
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}two lines \(request_id=01J\)$/)
    expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d error broken$/)
    expect(lines[2]).toBe('    Error: broken')
    expect(lines[3]).toContain('log.test.ts')
  })

  it.each(LOG_LEVELS)('log - at %s what is of less weight is left out', (level) => {
    const { log, text } = logged(level)
    const events = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
    for (const event of events) log[event](event)
    const told = text()
      .split('\n')
      .filter((line) => line !== '')
    const wanted = events.slice(LOG_LEVELS.indexOf(level))
    expect(told.map((line) => JSON.parse(line).msg)).toEqual(wanted)
  })

  it('log - a line stands above the live line of the same terminal, which stays the last', () => {
    const { stream, text } = kept(true)
    const terminal = openTerminal(stream)
    terminal.status('jena at noon')
    openLog({ logLevel: 'warn' }, { terminal, stream, env: { TERM: 'dumb' } }).warn('the bus is away')
    expect(text().lastIndexOf('jena at noon')).toBeGreaterThan(text().indexOf('the bus is away'))
    terminal.close()
  })
})

describe('screen', () => {
  it.each([
    ['a terminal', true, { TERM: 'xterm' }, { terminal: true, cursor: true, colours: true }],
    [
      'with NO_COLOR',
      true,
      { TERM: 'xterm', NO_COLOR: '1' },
      { terminal: true, cursor: true, colours: false },
    ],
    ['with an empty NO_COLOR', true, { NO_COLOR: '' }, { terminal: true, cursor: true, colours: true }],
    ['a dumb terminal', true, { TERM: 'dumb' }, { terminal: true, cursor: false, colours: false }],
    ['a file', false, { TERM: 'xterm' }, { terminal: false, cursor: false, colours: false }],
  ])('screen - %s', (_what, isTTY, env, wanted) => {
    expect(screenOf({ isTTY }, env)).toEqual(wanted)
  })

  it('screen - on a dumb terminal nothing that is printed holds an escape sequence', () => {
    const { stream, text } = kept(true)
    const { TERM } = process.env
    process.env['TERM'] = 'dumb'
    try {
      const terminal = openTerminal(stream)
      terminal.fact('bus', 'in process')
      terminal.warn('slow')
      terminal.status('jena at noon')
      terminal.line('done')
      terminal.close()
    } finally {
      if (TERM === undefined) delete process.env['TERM']
      else process.env['TERM'] = TERM
    }
    expect(text()).toContain('jena at noon\n')
    expect(text()).not.toContain(ESCAPE)
  })
})
