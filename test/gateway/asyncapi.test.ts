import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { LIMITS } from '../../src/gateway/limits.ts'
import { MAX_BAD_FRAMES } from '../../src/gateway/session.ts'
import { CLOSE_CODES, REPLY_CODES } from '../../src/protocol/codes.ts'
import { forecastSchema } from '../../src/protocol/forecast.ts'
import { publishedOutsideSchema } from '../../src/protocol/published-outside.ts'
import { readingSchema } from '../../src/protocol/reading.ts'
import { intervalFigures, modelFigures, scoreSchema, verificationSchema } from '../../src/protocol/scores.ts'
import { statusSchema } from '../../src/protocol/status.ts'
import { STREAM_PATH } from '../../src/protocol/stream-address.ts'
import { clientFrameSchema, pushSchema } from '../../src/protocol/stream-frames.ts'
import { tapeCommandSchema, tapeSchema } from '../../src/protocol/tape.ts'
import { CLIENT_TOPICS } from '../../src/protocol/topics.ts'

const document = parse(readFileSync(new URL('../../docs/protocol/asyncapi.yaml', import.meta.url), 'utf8'))
const { messages, schemas } = document.components
const { stream } = document.channels

const sorted = (keys: Iterable<string>): string[] => [...keys].sort()
/** Keys of an object schema, and which of them must be there. */
const keysOf = (schema: { properties?: object; required?: readonly string[] }) => ({
  keys: sorted(Object.keys(schema.properties ?? {})),
  required: sorted(schema.required ?? []),
})

describe('asyncapi', () => {
  it('asyncapi - address, topics and error codes are those of the code', () => {
    expect(stream.address).toBe(STREAM_PATH)
    expect(schemas.topic.enum).toEqual(CLIENT_TOPICS)
    expect(sorted(schemas.code.enum)).toEqual(sorted(Object.keys(REPLY_CODES)))
  })

  it('asyncapi - close codes are those of the code', () => {
    const documented = Object.entries<{ code: number }>(stream['x-close-codes'])
    expect(Object.fromEntries(documented.map(([name, { code }]) => [name, code]))).toEqual(CLOSE_CODES)
  })

  it.each([
    ['reading', readingSchema],
    ['forecast', forecastSchema],
    ['score', scoreSchema],
    ['status', statusSchema],
    ['outside', publishedOutsideSchema],
    ['verification', verificationSchema],
    ['modelFigures', modelFigures],
    ['intervalFigures', intervalFigures],
    ['tape', tapeSchema],
    ['tapeCommand', tapeCommandSchema],
  ])('asyncapi - %s has the keys of its schema', (name, schema) => {
    expect(keysOf(schemas[name])).toEqual(keysOf(z.toJSONSchema(schema)))
  })

  it('asyncapi - a push has the keys of its schema', () => {
    const { required } = keysOf(z.toJSONSchema(pushSchema))
    // `data` is unknown to the envelope's schema, and so counts as optional there.
    expect(keysOf(messages.push.payload)).toEqual({
      ...keysOf(z.toJSONSchema(pushSchema)),
      required: sorted(new Set([...required, 'data'])),
    })
  })

  it('asyncapi - every request of the code is described, and every example of one is a good frame', () => {
    const requests = clientFrameSchema.options.flatMap(({ shape }) =>
      Object.keys(shape).filter((key) => key !== 'id'),
    )
    for (const request of requests) {
      expect(messages).toHaveProperty(request)
      expect(document.operations).toHaveProperty(request)
      expect(messages[request].examples.length).toBeGreaterThan(0)
      for (const { payload } of messages[request].examples) {
        expect(clientFrameSchema.safeParse(payload)).toMatchObject({ success: true })
      }
    }
  })

  it('asyncapi - the bounds it names are the ones kept', () => {
    const { description } = document.info
    const closeCodes = JSON.stringify(stream['x-close-codes'])
    expect(description).toContain(`at most ${LIMITS.pushesPerSecond} times a second`)
    expect(description).toContain(`(${LIMITS.burst} at once after a quiet time)`)
    expect(description.replace(/\s+/g, ' ')).toContain(
      `scores, which are large, at most ${LIMITS.scoresPerSecond} times a second`,
    )
    expect(description).toContain(`has ${LIMITS.boundBytes / 1024} KiB under way`)
    expect(description).toContain(`takes nothing for ${LIMITS.slowSeconds} s`)
    expect(description).toContain(`ping every ${LIMITS.pingSeconds} s`)
    expect(description).toContain(`nothing was heard for ${LIMITS.silenceSeconds} s`)
    expect(stream.description).toContain(`at most ${LIMITS.frameBytes / 1024} KiB`)
    expect(closeCodes).toContain(`${MAX_BAD_FRAMES} frames in a row`)
    expect(closeCodes).toContain(`more than ${LIMITS.framesPerSecond} frames a second`)
    expect(description).toContain(
      `${LIMITS.framesPerSecond} frames a second are read on end and ${LIMITS.frameBurst} at once`,
    )
  })

  it('asyncapi - every reference leads somewhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path]) => path!,
    )
    const lost = references.filter(
      (path) =>
        path.split('/').reduce<unknown>((at, key) => Reflect.get(Object(at), key), document) === undefined,
    )
    expect(references.length).toBeGreaterThan(50)
    expect(lost).toEqual([])
  })
})
