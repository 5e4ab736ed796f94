import { describe, expect, it } from 'vitest'
import {
  MAX_BAD_FRAMES,
  newSession,
  receive,
  type SessionState,
  type SessionStation,
  type SessionView,
} from '../../src/gateway/session.ts'
import { TopicLog } from '../../src/gateway/station-log.ts'
import { pondMessage, pondWithTape, readingAt } from './messages.ts'

function station(id: string, description: SessionStation['description'] = pondMessage): SessionStation {
  return {
    id,
    description,
    logs: {
      reading: new TopicLog(id, 'reading'),
      forecast: new TopicLog(id, 'forecast'),
      score: new TopicLog(id, 'score'),
      status: new TopicLog(id, 'status'),
      outside: new TopicLog(id, 'outside'),
    },
  }
}

function viewOf(stations: readonly SessionStation[], roomBytes = 1_000_000): SessionView {
  return { epoch: 'E1', stations: () => stations, roomBytes: () => roomBytes }
}

function send(frame: unknown, view: SessionView, state: SessionState = newSession) {
  return receive(state, typeof frame === 'string' ? frame : JSON.stringify(frame), view)
}

function replyTo(frame: unknown, view = viewOf([station('pond')])) {
  const [first] = send(frame, view).effects
  return first?.type === 'reply' ? first.frame : first
}

describe('session', () => {
  it('session - a subscribe is answered with where each topic stands, then followed, then given its snapshot', () => {
    const pond = station('pond')
    const newest = [1, 2].map((n) => pond.logs.reading.append(readingAt(n)))[1]
    const frame = { id: 1, subscribe: { station: 'pond', topics: ['reading', 'score', 'reading'] } }
    expect(send(frame, viewOf([pond])).effects).toEqual([
      { type: 'reply', frame: { id: 1, result: { epoch: 'E1', offsets: { reading: 2, score: 0 } } } },
      { type: 'follow', station: 'pond', topics: ['reading', 'score'] },
      { type: 'snapshot', entry: newest },
    ])
  })

  it('session - a recovery brings what was missed, whole', () => {
    const pond = station('pond')
    const entries = [1, 2, 3, 4].map((n) => pond.logs.reading.append(readingAt(n)))
    const recover = { epoch: 'E1', offsets: { reading: 2 } }
    const { effects } = send(
      { id: 1, subscribe: { station: 'pond', topics: ['reading'], recover } },
      viewOf([pond]),
    )
    expect(effects[0]).toMatchObject({ frame: { result: { recovered: true, offsets: { reading: 4 } } } })
    expect(effects[2]).toEqual({ type: 'catch_up', entries: entries.slice(2) })
  })

  it.each([
    ['of another process', { epoch: 'E0', offsets: { reading: 3 } }, 1_000_000],
    ['of an offset never reached', { epoch: 'E1', offsets: { reading: 9 } }, 1_000_000],
    ['that leaves out a topic', { epoch: 'E1', offsets: { score: 0 } }, 1_000_000],
    ['larger than the line takes at once', { epoch: 'E1', offsets: { reading: 0 } }, 300],
  ])('session - a recovery %s is none: a snapshot comes instead', (_what, recover, roomBytes) => {
    const pond = station('pond')
    const newest = [1, 2, 3, 4].map((n) => pond.logs.reading.append(readingAt(n)))[3]
    const view = viewOf([pond], roomBytes)
    const { effects } = send({ id: 1, subscribe: { station: 'pond', topics: ['reading'], recover } }, view)
    expect(effects[0]).toMatchObject({ frame: { result: { recovered: false } } })
    expect(effects[2]).toEqual({ type: 'snapshot', entry: newest })
  })

  it('session - unsubscribing leaves the other topics', () => {
    const view = viewOf([station('pond')])
    const both = send({ id: 1, subscribe: { station: 'pond', topics: ['reading', 'score'] } }, view).state
    const { state, effects } = send(
      { id: 2, unsubscribe: { station: 'pond', topics: ['score'] } },
      view,
      both,
    )
    expect(state.following).toEqual(new Map([['pond', new Set(['reading'])]]))
    expect(effects).toEqual([
      { type: 'unfollow', station: 'pond', topics: ['score'] },
      { type: 'reply', frame: { id: 2, result: {} } },
    ])
  })

  it('session - a ping is answered with what it carried', () => {
    expect(replyTo({ id: 'a', ping: 17 })).toEqual({ id: 'a', result: { pong: 17 } })
  })

  it.each([
    [
      { id: 9, subscribe: { station: 'pond', topics: ['forcast'] } },
      9,
      'unknown_topic',
      "no topic 'forcast': reading, forecast, score, status, outside",
    ],
    [
      { id: 9, subscribe: { station: 'pool', topics: ['score'] } },
      9,
      'unknown_station',
      "no station 'pool' (known: pond)",
    ],
    [
      { id: 9, subscribe: { station: 'pond', topics: [] } },
      9,
      'bad_request',
      'subscribe.topics: [] breaks the rule: at least 1 item',
    ],
    [
      { id: 9, subscribe: { station: 'pond', topics: ['score'], form: 3 } },
      9,
      'bad_request',
      "unknown key 'form' in subscribe",
    ],
    [
      { id: 9, subscribe: { station: 7, topics: ['score'] } },
      9,
      'bad_request',
      'subscribe.station: 7 breaks the rule: a string',
    ],
    [{ id: 9, ping: 1, extra: 2, more: 3 }, 9, 'bad_request', "unknown keys 'extra', 'more'"],
    [
      { id: 9, subscibe: {} },
      9,
      'bad_request',
      "no request 'subscibe': subscribe, unsubscribe, ping, replay",
    ],
    [{ id: 9, ping: 1, replay: {} }, 9, 'bad_request', 'one request a frame, not ping and replay'],
    [{ ping: 1 }, null, 'bad_request', 'id: missing; expected a number or a string'],
    [
      { id: 9, replay: { speed: 'fast' } },
      9,
      'bad_request',
      'replay.speed: "fast" breaks the rule: a number or one of "max"',
    ],
    [{ id: 9, replay: { speed: 0 } }, 9, 'bad_request', 'replay.speed: 0 breaks the rule: above 0'],
    [
      { id: 9, replay: { speed: 1e308 } },
      9,
      'bad_request',
      'replay.speed: 1e+308 breaks the rule: at most 1000000',
    ],
    [
      '{"id":9,"replay":{"speed":1e999}}',
      9,
      'bad_request',
      'replay.speed: Infinity breaks the rule: a number or one of "max"',
    ],
    [{ id: 9, replay: { step: 2.5 } }, 9, 'bad_request', 'replay.step: 2.5 breaks the rule: a whole number'],
    [{ id: 9, subscribe: [] }, 9, 'bad_request', 'subscribe: [] breaks the rule: an object'],
    [{ id: 9, replay: { step: 0 } }, 9, 'bad_request', 'replay.step: 0 breaks the rule: at least 1'],
    [{ id: 9, replay: { pause: true } }, 9, 'no_replay', 'no station has a tape: all are live'],
    ['[1]', null, 'bad_request', 'a frame is an object with an id and a request'],
    ['{"id":1', null, 'bad_json', `no JSON: '{"id":1'`],
  ])('session - %j is rejected by name', (frame, id, code, message) => {
    expect(replyTo(frame)).toEqual({ id, error: { code, message, temporary: false } })
  })

  it('session - a tape command goes to the only tape; among several one has to be named', () => {
    const live = station('live')
    const [a, b] = [station('a', pondWithTape), station('b', pondWithTape)]
    const command = { id: 2, replay: { speed: 36000 } }
    expect(replyTo(command, viewOf([live, a]))).toEqual({
      type: 'operate',
      id: 2,
      station: 'a',
      command: { speed: 36000 },
    })
    expect(replyTo(command, viewOf([live, a, b]))).toMatchObject({
      error: { code: 'bad_request', message: 'replay.station: there is more than one tape: a, b' },
    })
    const named = { id: 3, replay: { station: 'b', pause: true } }
    expect(replyTo(named, viewOf([live, a, b]))).toMatchObject({ type: 'operate', station: 'b' })
  })

  it('session - bad frames in a row end it, a good one in between starts the count anew', () => {
    const view = viewOf([station('pond')])
    let state = newSession
    const closes = (frame: string) => {
      const step = receive(state, frame, view)
      state = step.state
      return step.effects.some(({ type }) => type === 'close')
    }
    const bad = Array.from({ length: MAX_BAD_FRAMES - 1 }, () => 'nonsense')
    expect(bad.map(closes)).not.toContain(true)
    expect(closes('{"id":1,"ping":1}')).toBe(false)
    expect(bad.map(closes)).not.toContain(true)
    expect(closes('nonsense')).toBe(true)
  })
})
