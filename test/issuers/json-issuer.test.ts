import { describe, expect, it } from 'vitest'
import type { JsonIssuer } from '../../src/domain/asked-issuer.ts'
import { HOUR, SECOND } from '../../src/domain/instant.ts'
import { askJsonIssuer } from '../../src/issuers/json-issuer.ts'
import { temporaryFolder } from '../support/files.ts'
import { ASKED_AT, asking } from './context.ts'
import { localServer } from './local-server.ts'

const files = temporaryFolder()
const NOON = Date.parse('2026-03-01T12:00:00Z')
const server = await localServer(() => ({}))
const at = (hour: number) => new Date(NOON + hour * HOUR).toISOString()

async function ask(body: unknown, more: Partial<JsonIssuer> & Pick<JsonIssuer, 'validAt' | 'mean'>) {
  server.answer(() => ({ body }))
  const asked: JsonIssuer = { kind: 'json', url: `${server.url}/f?key=secret`, every: HOUR, ...more }
  const answer = await askJsonIssuer({ name: 'any', issuer: 'any', asked, unit: 'degC' }, asking())
  const { leads, issued_at } = answer.forecast
  return {
    ...answer,
    said: leads.map(({ lead_hours, mean }) => [
      Math.round((Date.parse(issued_at) + lead_hours * HOUR - NOON) / HOUR),
      mean,
    ]),
  }
}

describe('JSON issuer', () => {
  it('JSON issuer - a list of leads is read by the paths of the station file', async () => {
    const rows = [1, 2, 3].map((hour) => ({ valid: { from: at(hour) }, t: { value: String(hour / 2) } }))
    const { said, saysIssued } = await ask(
      { data: { rows: [...rows, { valid: { from: at(4) }, t: { value: null } }] } },
      { rows: 'data.rows', validAt: 'valid.from', mean: 't.value' },
    )
    expect([said, saysIssued]).toEqual([
      [
        [1, 0.5],
        [2, 1],
        [3, 1.5],
      ],
      false,
    ])
  })

  it('JSON issuer - the answer may be the list itself, or hold two lists side by side, and times may be counts', async () => {
    const list = [1, 2].map((hour) => ({ t: (NOON + hour * HOUR) / SECOND, v: hour }))
    expect((await ask(list, { validAt: 't', mean: 'v' })).said).toEqual([
      [1, 1],
      [2, 2],
    ])
    const lists = { hourly: { at: [NOON + HOUR, NOON + 2 * HOUR], v: [7, 8] } }
    const { said } = await ask(lists, { validAt: 'hourly.at', mean: 'hourly.v', scale: 10 })
    expect(said).toEqual([
      [1, 70],
      [2, 80],
    ])
  })

  it('JSON issuer - where it says when it was issued, that is taken, and of what it says only the hours to come', async () => {
    const body = { run: '2026-03-01T06:00:00Z', list: [-3, 1, 2].map((hour) => ({ t: at(hour), v: hour })) }
    const { forecast, said, saysIssued } = await ask(body, {
      ...{ rows: 'list', validAt: 't', mean: 'v', issuedAt: 'run' },
    })
    expect([saysIssued, forecast.issued_at, forecast.available_at]).toEqual([
      true,
      '2026-03-01T06:00:00Z',
      '2026-03-01T12:07:15Z',
    ])
    expect(said).toEqual([
      [1, 1],
      [2, 2],
    ])
    await expect(
      ask(
        { ...body, run: '2026-03-02T06:00:00Z' },
        { rows: 'list', validAt: 't', mean: 'v', issuedAt: 'run' },
      ),
    ).rejects.toThrow(/run of 127.* is a time to come/)
  })

  it('JSON issuer - a time without a zone is refused unless its offset is said', async () => {
    const body = [{ t: '2026-03-01T14:00', v: 1 }]
    await expect(ask(body, { validAt: 't', mean: 'v' })).rejects.toThrow(
      /entry 0 is "2026-03-01T14:00"; expected a time with its zone/,
    )
    expect((await ask(body, { validAt: 't', mean: 'v', utcOffsetMinutes: 60 })).said).toEqual([[1, 1]])
  })

  it('JSON issuer - what is no forecast is told with the path, and with no more of the address than its host', async () => {
    const paths = { rows: 'list', validAt: 't', mean: 'v' }
    const row = { t: at(1), v: 1 }
    for (const [body, rule] of [
      [{ list: {} }, /list of 127.* is no list/],
      [{ list: [{ ...row, v: 'warm' }] }, /v of 127.*, entry 0 is "warm"; expected a number/],
      [{ list: [{ t: at(1), w: 1 }] }, /none of 1 entries of 127.* has 'v'/],
      [{ list: [row, row] }, /says two things of 2026-03-01T13:00:00Z/],
      [{ list: [] }, /says nothing of the 48 hours/],
    ] as const) {
      const error = await ask(body, paths).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ kind: 'unexpected', message: expect.stringMatching(rule) })
      expect(String(error)).not.toContain('secret')
    }
    await expect(ask({ a: [1, 2], b: [1] }, { validAt: 'a', mean: 'b' })).rejects.toThrow(
      /a and b of 127.* are 2 times and 1 values/,
    )
  })

  it('JSON issuer - a token goes with it where a file has one, and not to where it is redirected', async () => {
    const tokenFile = await files.write('token', 'mine')
    await ask([{ t: at(1), v: 1 }], { validAt: 't', mean: 'v', tokenFile })
    expect(server.asked.at(-1)?.headers.authorization).toBe('Bearer mine')
    const elsewhere = await localServer(() => ({ body: [] }))
    server.answer(() => ({ status: 302, headers: { location: elsewhere.url } }))
    const asked: JsonIssuer = {
      kind: 'json',
      url: server.url,
      every: HOUR,
      validAt: 't',
      mean: 'v',
      tokenFile,
    }
    await expect(
      askJsonIssuer({ name: 'any', issuer: 'any', asked, unit: '' }, asking(ASKED_AT)),
    ).rejects.toMatchObject({
      kind: 'redirected',
    })
    expect(elsewhere.asked).toEqual([])
  })
})
