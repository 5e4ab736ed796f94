import { describe, expect, it } from 'vitest'
import { subprotocols } from '../../src/client/address.ts'
import { TickcastError } from '../../src/domain/errors.ts'
import { accessRules, type Caller } from '../../src/gateway/access.ts'

function caller(headers: Caller['headers'], { method = 'GET', queryToken }: Partial<Caller> = {}): Caller {
  return { method, headers, hosts: headers.host === undefined ? [] : [headers.host], queryToken }
}
const local = accessRules({ host: '127.0.0.1', token: undefined })
const upgrade = { upgrade: 'websocket' }

describe('access', () => {
  it.each(['0.0.0.0', '::', '192.168.1.5', 'example.org'])(
    'access - %s without a token is rejected',
    (host) => {
      expect(() => accessRules({ host, token: undefined })).toThrow(TickcastError)
      expect(() => accessRules({ host, token: 'secret' })).not.toThrow()
    },
  )

  it('access - an empty token is rejected: it would protect nothing', () => {
    expect(() => accessRules({ host: '127.0.0.1', token: '' })).toThrow('--token')
  })

  it.each([
    ['localhost:8080', true],
    ['127.0.0.1:8080', true],
    ['[::1]:8080', true],
    ['127.1.2.3', true],
    ['attacker.example:8080', false],
    ['127.0.0.1.attacker.example', false],
    ['localhost.attacker.example:80', false],
    [undefined, false],
  ])('access - on loopback the host %s is let in: %s', (host, ok) => {
    expect(local.wrongSite(caller({ host })) === undefined).toBe(ok)
  })

  it.each([
    ['http://127.0.0.1:8080', true],
    ['http://localhost:5173', true],
    ['https://attacker.example', false],
    ['https://localhost.attacker.example', false],
    ['null', false],
    [undefined, true],
  ])('access - the origin %s may write and stream: %s', (origin, ok) => {
    const host = '127.0.0.1:8080'
    const headers = { host, ...(origin !== undefined && { origin }) }
    expect(local.wrongSite(caller(headers, { method: 'POST' })) === undefined).toBe(ok)
    expect(local.wrongSite(caller({ ...headers, ...upgrade })) === undefined).toBe(ok)
  })

  it('access - a page served under a name of its own may ask its own server', () => {
    const rules = accessRules({ host: '0.0.0.0', token: 'secret' })
    const headers = { host: 'pond.example:8080', origin: 'https://pond.example:8080', ...upgrade }
    expect(rules.wrongSite(caller(headers))).toBeUndefined()
  })

  it('access - the token is taken from header, query or subprotocol, and nothing else will do', () => {
    const token = 'sécret/+ü'
    const rules = accessRules({ host: '0.0.0.0', token })
    const offered = subprotocols(token).join(', ')
    const given = [
      caller({ authorization: `Bearer ${token}` }),
      caller({}, { queryToken: token }),
      caller({ 'sec-websocket-protocol': offered }),
    ]
    expect(given.map((g) => rules.wrongToken(g))).toEqual([undefined, undefined, undefined])
    const wrong = [
      caller({}),
      caller({ authorization: 'Bearer ' }),
      caller({ authorization: `Basic ${token}` }),
      caller({ authorization: `Bearer ${token}x` }),
      caller({}, { queryToken: '' }),
    ]
    expect(wrong.map((w) => rules.wrongToken(w)?.code)).toEqual(wrong.map(() => 'unauthorized'))
  })
})
