import { describe, expect, it } from 'vitest'
import { parseNatsUrl } from '../../src/bus/nats-connection.ts'

describe('nats address', () => {
  it.each([
    ['nats://127.0.0.1:4999', 'nats://127.0.0.1:4999', { servers: '127.0.0.1:4999' }],
    ['127.0.0.1', 'nats://127.0.0.1:4222', { servers: '127.0.0.1:4222' }],
    ['nats://[::1]:4333', 'nats://[::1]:4333', { servers: '[::1]:4333' }],
    ['tls://bus.example', 'tls://bus.example:4222', { servers: 'bus.example:4222', tls: {} }],
    ['nats://ann:p%40ss@bus', 'nats://bus:4222', { servers: 'bus:4222', user: 'ann', pass: 'p@ss' }],
    ['nats://ann:50%@bus', 'nats://bus:4222', { servers: 'bus:4222', user: 'ann', pass: '50%' }],
    ['nats://t0ken@bus', 'nats://bus:4222', { servers: 'bus:4222', token: 't0ken' }],
  ])('nats address - %s is shown as %s', (url, address, options) => {
    expect(parseNatsUrl(url)).toEqual({ address, options })
  })

  it.each(['', 'nats://', 'http://127.0.0.1:4222', 'ws://bus', 'nats://bus:port'])(
    'nats address - %o is rejected with what is wanted',
    (url) => {
      expect(() => parseNatsUrl(url)).toThrow(
        /^a NATS address is nats:\/\/host:4222 or tls:\/\/host:4222; not '/,
      )
    },
  )

  it('nats address - credentials in an address that is rejected are not shown', () => {
    expect(() => parseNatsUrl('http://ann:s3cret@bus')).toThrow("not 'http://bus'")
    expect(() => parseNatsUrl('nats://ann:s3c/ret@bus:port')).not.toThrow(/s3c/)
  })
})
