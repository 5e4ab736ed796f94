import { describe, expect, it } from 'vitest'
import type { Gateway } from '../../src/gateway/gateway.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { pondMessage, pondWithTape } from './messages.ts'
import { started } from './started.ts'

async function withTicks() {
  const { bus, gateway } = await started()
  await bus.publish('pond', 'station', { ...pondMessage, outside: [{ issuer: 'met' }] })
  const ticks: TickMessage[] = []
  await bus.subscribe({ topic: 'tick' }, ({ message }) => void ticks.push(message))
  return { bus, gateway, ticks }
}

async function post(gateway: Gateway, body: unknown, type = 'application/json') {
  const response = await fetch(`${gateway.address}/v1/stations/pond/forecasts`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}

const forecast = { issuer: 'met', issued_at: '2020-06-01T06:00:00Z', leads: [{ lead_hours: 1, mean: 3.1 }] }

describe('outside over HTTP', () => {
  it('outside over HTTP - one forecast or several go the way of the ticks, and are available when they came where they do not say', async () => {
    const { gateway, ticks } = await withTicks()
    expect(await post(gateway, forecast)).toMatchObject({ status: 202, body: { accepted: 1 } })
    expect(await post(gateway, [forecast, forecast])).toMatchObject({ status: 202, body: { accepted: 2 } })
    expect(ticks.map(({ outside, values }) => [outside, values])).toEqual(Array(3).fill([forecast, {}]))
    expect(new Set(ticks.map(({ id }) => id)).size).toBe(3)
  })

  it('outside over HTTP - what is refused is told with field, value and rule', async () => {
    const { gateway } = await withTicks()
    const unknown = await post(gateway, { ...forecast, issuer: 'who' })
    expect(unknown).toMatchObject({ status: 422, body: { code: 'rejected', accepted: 0 } })
    expect(unknown.body.detail).toContain('outside.issuer: "who" breaks the rule: one of met')
    const kelvins = await post(gateway, { ...forecast, leads: [{ lead_hours: 1, mean: 276.2 }] })
    expect(kelvins.body.detail).toBe(
      'outside.leads.0.mean: 276.2 breaks the rule: -60..60 degC at one lead at least: is it in another unit?',
    )
    const tooLate = await post(gateway, { ...forecast, available_at: '2020-06-01T07:00:00Z' })
    expect(tooLate.body.detail).toMatch(
      /^outside.available_at: "2020-06-01T07:00:00Z" breaks the rule: before 2020-06-01T07:00:00Z, the last time/,
    )
    expect(tooLate.body.detail).not.toContain('tickcast learn')
    for (const [field, stamp] of [
      ['issued_at', '2020-06-01'],
      ['available_at', '2020-06-02'],
      ['issued_at', '2020-06-01T06:00:00'],
    ] as const) {
      const day = await post(gateway, { ...forecast, [field]: stamp })
      expect(day.body.detail).toBe(
        `outside.${field}: "${stamp}" breaks the rule: a time with its zone such as 2026-03-01T05:00:00Z`,
      )
    }
    const some = await post(gateway, [forecast, { ...forecast, quantity: 'rain' }])
    expect(some).toMatchObject({
      status: 202,
      body: { accepted: 1, rejected: [{ index: 1, field: 'outside.quantity' }] },
    })
  })

  it.each([
    ['no JSON', '{', 400, 'bad_json', 'the body is no JSON'],
    ['nothing', '[]', 400, 'bad_request', 'the body holds no forecast'],
    [
      'no mean',
      { ...forecast, leads: [{ lead_hours: 1 }] },
      400,
      'bad_request',
      'leads.0.mean: missing; expected a number',
    ],
    [
      'no leads',
      { ...forecast, leads: [] },
      400,
      'bad_request',
      'leads: [] breaks the rule: at least 1 item',
    ],
    [
      'a lead of weeks',
      { ...forecast, leads: [{ lead_hours: 999, mean: 1 }] },
      400,
      'bad_request',
      'leads.0.lead_hours: 999 breaks the rule: at most 240',
    ],
    [
      'a level above 1',
      { ...forecast, leads: [{ lead_hours: 1, mean: 1, quantiles: { 1.5: 2 } }] },
      400,
      'bad_request',
      'leads.0.quantiles: "1.5" breaks the rule: a level such as "0.05", between 0 and 1',
    ],
    [
      'a level of 0',
      { ...forecast, leads: [{ lead_hours: 1, mean: 1, quantiles: { '0.00': 2 } }] },
      400,
      'bad_request',
      'leads.0.quantiles: "0.00" breaks the rule: a level such as "0.05", between 0 and 1',
    ],
    [
      'it within another key',
      { outside: forecast },
      400,
      'bad_request',
      "issuer: missing; expected a string; unknown key 'outside'",
    ],
    ['a key with a slip', { ...forecast, quantitty: 'wind' }, 400, 'bad_request', "unknown key 'quantitty'"],
    [
      'a key with a slip in a lead of the second',
      [forecast, { ...forecast, leads: [{ lead_hours: 1, mean: 1, quantile: {} }] }],
      400,
      'bad_request',
      "unknown key 'quantile' in 1.leads.0",
    ],
  ])('outside over HTTP - of %s nothing is taken', async (_, body, status, code, detail) => {
    const { gateway, ticks } = await withTicks()
    const reply = await post(gateway, body)
    expect(reply).toMatchObject({ status, body: { code } })
    expect(reply.body.detail).toContain(detail)
    expect(ticks).toEqual([])
  })

  it('outside over HTTP - CSV is no forecast, and a station under replay takes none', async () => {
    const { bus, gateway } = await withTicks()
    const csv = await post(gateway, 'a,b', 'text/csv')
    expect(csv).toMatchObject({ status: 415, body: { detail: "content-type 'text/csv': application/json" } })
    await bus.publish('pond', 'station', pondWithTape)
    expect(await post(gateway, forecast)).toMatchObject({ status: 409, body: { code: 'under_replay' } })
  })
})
