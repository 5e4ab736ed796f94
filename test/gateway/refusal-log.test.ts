import { pino } from 'pino'
import { expect, it, vi } from 'vitest'
import { refusalLog } from '../../src/gateway/refusal-log.ts'
import { started } from './started.ts'

type Line = Readonly<Record<string, unknown>>

function logged() {
  const lines: Line[] = []
  const write = (line: string) => void lines.push(JSON.parse(line))
  return { lines, logger: pino({ level: 'warn', base: null }, { write }) }
}

it('refusal log - a thousand refusals of a kind are a line at once and, a minute later, one with their count', () => {
  vi.useFakeTimers()
  try {
    const { lines, logger } = logged()
    const log = refusalLog()
    const refused = (kind: string) => log.refused(logger, { kind, code: 'busy', message: 'the bus is away' })
    for (let count = 0; count < 1000; count++) refused('busy /ticks')
    refused('busy /write')
    expect(lines.map(({ msg }) => msg)).toEqual(['the bus is away', 'the bus is away'])
    vi.advanceTimersByTime(60_000)
    expect(lines.slice(2)).toMatchObject([
      { code: 'busy', more: 999, msg: 'the bus is away (999 more of its kind since)' },
    ])
    refused('busy /ticks')
    expect(lines).toHaveLength(4)
    // However many kinds are made up.
    for (let count = 0; count < 5000; count++) refused(`busy ${count}`)
    expect(lines.length).toBeLessThan(270)
  } finally {
    vi.useRealTimers()
  }
})

it('refusal log - requests of a server are counted, and what is still to be told is told at its end', async () => {
  const { lines, logger } = logged()
  const { gateway } = await started({ pipeline: false, logger })
  for (let count = 0; count < 20; count++) {
    const reply = await fetch(`${gateway.address}/v1/stations/pond/ticks`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"T (degC)":3}' },
    })
    expect(reply.status).toBe(503)
  }
  await gateway.close()
  expect(lines).toMatchObject([
    {
      code: 'busy',
      msg: expect.stringContaining("the pipeline of 'pond' is not ready yet"),
      request_id: expect.any(String),
    },
    { code: 'busy', more: 19 },
  ])
})
