import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Bus, Delivery } from '../../src/bus/bus.ts'
import type { StationMessage } from '../../src/protocol/station-message.ts'
import type { TapeMessage } from '../../src/protocol/tape.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'

export interface BusUnderTest {
  readonly bus: Bus
  /** What the bus has reported so far. */
  readonly errors: readonly Error[]
  close(): Promise<void>
}

/** The promises of `src/bus/bus.ts`, for every implementation of it. */
export function busContract(name: string, open: () => Promise<BusUnderTest>): void {
  describe(`bus contract: ${name}`, () => {
    let under: BusUnderTest
    let bus: Bus
    beforeEach(async () => {
      under = await open()
      bus = under.bus
    })
    afterEach(() => under.close())

    it('bus - every subscriber of a topic gets every message of it, in the order published', async () => {
      const one: string[] = []
      const two: string[] = []
      await bus.subscribe({ topic: 'tick' }, ({ message }) => void one.push(message.id))
      await bus.subscribe({ topic: 'tick' }, ({ message }) => void two.push(message.id))
      await publishTicks(bus, { station: 'jena', count: 1500 })
      const all = numbered(1500)
      await eventually(() => one.length >= 1500 && two.length >= 1500)
      expect(one).toEqual(all)
      expect(two).toEqual(all)
    })

    it('bus - a subscriber of one station hears nothing of the others, a subscriber of all hears each by name', async () => {
      const jena: string[] = []
      const all: string[] = []
      await bus.subscribe({ station: 'jena', topic: 'tick' }, ({ station }) => void jena.push(station))
      await bus.subscribe(
        { topic: 'tick' },
        ({ station, message }) => void all.push(`${station} ${message.id}`),
      )
      await bus.publish('kiel', 'tick', tick(1), '1')
      await bus.publish('jena', 'tick', tick(1), '1')
      await bus.publish('jena', 'reading', READING)
      await eventually(() => all.length >= 2)
      expect(jena).toEqual(['jena'])
      expect(all).toEqual(['kiel 1', 'jena 1'])
    })

    it('bus - a message arrives as it was sent; of a tick the bus may know better when it came in', async () => {
      const seen: Delivery<'tick'>[] = []
      await bus.subscribe({ topic: 'tick' }, (delivery) => void seen.push(delivery))
      const sent: TickMessage = {
        ...tick(7),
        values: { 'T (degC)': -8.02, 'wv (m/s)': null, 'rh (%)': 'n/a', Grüße: 0.1 },
        replay: { session: '01J0000000000000000000000S', speed: 'max', paused: false },
      }
      await bus.publish('jena', 'tick', sent)
      await eventually(() => seen.length === 1)
      const message = { ...sent, ingest_time: expect.stringMatching(/^\d{4}-.+Z$/) }
      expect(seen).toEqual([
        { station: 'jena', topic: 'tick', message, ...(bus.kind === 'nats' && { position: 1 }) },
      ])
    })

    it('bus - from new hears nothing of what was published before it subscribed', async () => {
      for (let n = 0; n < 20; n++) void bus.publish('jena', 'tick', tick(n), String(n))
      const seen: string[] = []
      await bus.subscribe({ topic: 'tick' }, ({ message }) => void seen.push(message.id))
      await bus.publish('jena', 'tick', tick(20), '20')
      await eventually(() => seen.length > 0)
      expect(seen).toEqual(['20'])
    })

    it('bus - of stations the newest of each is retained for those who come later', async () => {
      await bus.publish('jena', 'station', station('jena', 'first'))
      await bus.publish('kiel', 'station', station('kiel', 'only'))
      await bus.publish('jena', 'station', station('jena', 'second'))
      await bus.flush()
      const seen: string[] = []
      await bus.subscribe(
        { topic: 'station' },
        ({ message }) => void seen.push(`${message.id} ${message.title}`),
        {
          from: 'retained',
        },
      )
      await eventually(() => seen.length >= 2)
      await bus.publish('jena', 'station', station('jena', 'third'))
      await eventually(() => seen.length >= 3)
      expect(seen.slice(0, 2).sort()).toEqual(['jena second', 'kiel only'])
      expect(seen[2]).toBe('jena third')
    })

    it('bus - the newest station message is known by its station, and nothing is known of stations never told of', async () => {
      await bus.publish('jena', 'station', station('jena', 'first'))
      await bus.publish('kiel', 'station', station('kiel', 'only'))
      await bus.publish('jena', 'station', station('jena', 'second'))
      await bus.flush()
      expect(await bus.newest('jena', 'station')).toMatchObject({
        message: { id: 'jena', title: 'second' },
        storedAt: expect.any(Number),
      })
      expect(await bus.newest('rome', 'station')).toBeUndefined()
      expect(await bus.newest('jena', 'reading')).toBeUndefined()
    })

    it('bus - a station that is removed is told of as such, and is known no more until it is announced anew', async () => {
      const log: string[] = []
      const note = (of: string) => (delivery: Delivery<'station'>) => {
        const { id, title, removed } = delivery.message
        log.push(`${of} ${id} ${removed ? 'removed' : title}`)
      }
      await bus.publish('jena', 'station', station('jena', 'first'))
      await bus.publish('kiel', 'station', station('kiel', 'only'))
      await bus.subscribe({ station: 'jena', topic: 'station' }, note('early'))
      await bus.publish('jena', 'station', { ...station('jena', 'first'), removed: true })
      await bus.flush()
      await bus.forget('jena')
      expect(await bus.newest('jena', 'station')).toBeUndefined()
      await bus.subscribe({ topic: 'station' }, note('late'), { from: 'retained' })
      await eventually(() => log.includes('late kiel only') && log.includes('early jena removed'))
      expect(log).not.toContain('late jena first')
      await bus.publish('jena', 'station', station('jena', 'again'))
      await eventually(() => log.includes('late jena again'))
      expect(await bus.newest('jena', 'station')).toMatchObject({ message: { title: 'again' } })
      expect(log.filter((line) => line.startsWith('early'))).toEqual([
        'early jena removed',
        'early jena again',
      ])
    })

    it('bus - a delivery is done when its handler is, and by default the next one waits for that', async () => {
      const log: string[] = []
      await bus.subscribe({ topic: 'tick' }, async ({ message }) => {
        log.push(`begin ${message.id}`)
        await new Promise((resolve) => setTimeout(resolve, message.id === '0' ? 20 : 0))
        log.push(`end ${message.id}`)
      })
      await publishTicks(bus, { station: 'jena', count: 3 })
      await eventually(() => log.length === 6)
      expect(log).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2'])
    })

    it('bus - maxInFlight deliveries are under way at once and never more, begun in order', async () => {
      const begun: string[] = []
      let underWay = 0
      let most = 0
      await bus.subscribe(
        { topic: 'tick' },
        async ({ message }) => {
          begun.push(message.id)
          most = Math.max(most, ++underWay)
          await new Promise((resolve) => setTimeout(resolve, Number(message.id) % 3))
          underWay--
        },
        { maxInFlight: 4 },
      )
      await publishTicks(bus, { station: 'jena', count: 40 })
      await eventually(() => begun.length === 40 && underWay === 0)
      expect(most).toBe(4)
      expect(begun).toEqual(numbered(40))
    })

    it('bus - a handler that throws or rejects is reported, and the stream goes on', async () => {
      const seen: string[] = []
      await bus.subscribe({ topic: 'tick' }, ({ message }) => {
        if (message.id === '1') throw new Error('thrown')
        if (message.id === '2') return Promise.reject(new Error('rejected'))
        seen.push(message.id)
      })
      await publishTicks(bus, { station: 'jena', count: 5 })
      await eventually(() => seen.length === 3)
      expect(seen).toEqual(['0', '3', '4'])
      expect(under.errors.map(({ cause }) => (cause instanceof Error ? cause.message : cause))).toEqual([
        'thrown',
        'rejected',
      ])
      expect(under.errors[0]?.message).toBe('a subscriber of jena tick failed')
    })

    it('bus - a slow subscriber holds nobody else up', async () => {
      let release = (): void => undefined
      const gate = new Promise<void>((resolve) => {
        release = resolve
      })
      const slow: string[] = []
      const fast: string[] = []
      await bus.subscribe({ topic: 'tick' }, async ({ message }) => {
        await gate
        slow.push(message.id)
      })
      await bus.subscribe({ topic: 'tick' }, ({ message }) => void fast.push(message.id))
      await publishTicks(bus, { station: 'jena', count: 50 })
      await eventually(() => fast.length === 50)
      expect(slow).toEqual([])
      release()
      await eventually(() => slow.length === 50)
      expect(slow).toEqual(numbered(50))
    })

    it('bus - what a handler publishes reaches everybody after the message that caused it', async () => {
      const seen: string[] = []
      await bus.subscribe({ topic: 'tick' }, ({ message }) => {
        if (message.id === '0') void bus.publish('jena', 'tick', tick(1), '1')
      })
      await bus.subscribe({ topic: 'tick' }, ({ message }) => void seen.push(message.id))
      await bus.publish('jena', 'tick', tick(0), '0')
      await eventually(() => seen.length === 2)
      expect(seen).toEqual(['0', '1'])
    })

    it('bus - after a subscription is closed its handler is not called', async () => {
      const seen: string[] = []
      const others: string[] = []
      const subscription = await bus.subscribe({ topic: 'tick' }, ({ message }) => void seen.push(message.id))
      await bus.subscribe({ topic: 'tick' }, ({ message }) => void others.push(message.id))
      await bus.publish('jena', 'tick', tick(0), '0')
      await eventually(() => seen.length === 1)
      await subscription.close()
      await bus.publish('jena', 'tick', tick(1), '1')
      await eventually(() => others.length === 2)
      expect(seen).toEqual(['0'])
    })

    it('bus - control reaches whoever plays the tape of that station, and the answer comes back', async () => {
      const told: unknown[] = []
      await bus.onControl('jena', async (command) => {
        told.push(command)
        return { result: { ...TAPE, speed: 60 } }
      })
      expect(await bus.control('jena', { speed: 60 })).toEqual({ result: { ...TAPE, speed: 60 } })
      expect(told).toEqual([{ speed: 60 }])
    })

    it('bus - control of a station without a tape is answered with no_replay, also after its tape has left', async () => {
      expect(await bus.control('jena', { pause: true })).toMatchObject({
        error: { code: 'no_replay', temporary: false },
      })
      const subscription = await bus.onControl('jena', async () => ({ result: TAPE }))
      expect(await bus.control('jena', { state: true })).toEqual({ result: TAPE })
      await subscription.close()
      expect(await bus.control('jena', { state: true })).toMatchObject({ error: { code: 'no_replay' } })
    })

    it('bus - an error reply and a failing tape come back as errors, the failure reported', async () => {
      await bus.onControl('jena', async ({ seek }) => {
        if (seek === undefined) throw new Error('the motor is stuck')
        return { error: { code: 'out_of_range', message: 'the tape ends in 2016', temporary: false } }
      })
      expect(await bus.control('jena', { seek: '2030-01-01' })).toEqual({
        error: { code: 'out_of_range', message: 'the tape ends in 2016', temporary: false },
      })
      expect(await bus.control('jena', { pause: true })).toMatchObject({ error: { code: 'internal' } })
      expect(under.errors.map(({ message }) => message)).toEqual(['the tape of jena failed'])
    })

    it('bus - a publisher that waits when asked to is held back by what is pending, and goes on', async () => {
      let asked = 0
      const seen: string[] = []
      await bus.subscribe({ topic: 'tick' }, async ({ message }) => {
        await Promise.resolve()
        seen.push(message.id)
      })
      for (let n = 0; n < 5000; n++) {
        const wait = bus.publish('jena', 'tick', tick(n), String(n))
        if (wait === undefined) continue
        asked++
        await wait
      }
      await eventually(() => seen.length === 5000)
      expect(asked).toBeGreaterThan(0)
      expect(seen).toEqual(numbered(5000))
    })

    it('bus - once closed it takes nothing on, and says so', async () => {
      await bus.close()
      await expect(bus.publish('jena', 'tick', tick(0))).rejects.toThrow('the bus is closed')
    })

    it('bus - all is well: no healthError', () => {
      expect(bus.healthError()).toBeUndefined()
    })
  })
}

export function tick(n: number): TickMessage {
  return {
    event_time: '2009-01-01T00:10:00Z',
    ingest_time: '2009-01-01T00:10:01Z',
    id: String(n),
    values: { 'T (degC)': n / 10, 'p (mbar)': 996.52 },
  }
}

export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, n) => String(n))
}

export async function publishTicks(
  bus: Bus,
  { station, from = 0, count }: { readonly station: string; readonly from?: number; readonly count: number },
): Promise<void> {
  for (let n = from; n < from + count; n++) await bus.publish(station, 'tick', tick(n), String(n))
}

/** Waits for something that arrives in its own time; what never comes fails the test by its timeout. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

const READING = {
  event_time: '2009-01-01T00:10:00Z',
  ingest_time: '2009-01-01T00:10:01Z',
  values: { 'T (degC)': -8 },
  bridged: false,
  source: 'live' as const,
}

const TAPE: TapeMessage = {
  session: '01J0000000000000000000000S',
  speed: 3600,
  paused: false,
  loop: false,
  ended: false,
  position: null,
  first: null,
  last: null,
  rows: 0,
}

function station(id: string, title: string): StationMessage {
  return {
    id,
    title,
    target: 'T (degC)',
    unit: 'degC',
    cadence_seconds: 600,
    source: 'live',
    channels: [{ name: 'T (degC)', column: 'T (degC)', unit: 'degC', min: -50, max: 60, sentinels: [-9999] }],
    time: { column: 'Date Time', formats: ['iso'], utc_offset_minutes: 60 },
  }
}
