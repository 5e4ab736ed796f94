import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LinePoint, millisecondsOf, type ReadLine, readLines } from '../../src/ingest/line-protocol.ts'

const read = (text: string): ReadLine[] => [...readLines(text)]
const pointOf = (text: string): LinePoint => {
  const [line, ...others] = read(text)
  if (!line || !('point' in line) || others.length > 0) throw new Error(JSON.stringify(line))
  return line.point
}
const ruleOf = (text: string): string => {
  const [line] = read(text)
  return line && 'rule' in line ? line.rule : 'none is broken'
}

describe('line protocol', () => {
  it('line protocol - measurement, tags, fields and timestamp', () => {
    expect(pointOf('weather,host=pi,room=a t=3.5,h=40i,ok=true,s="x y" 1590000000000000000')).toEqual({
      measurement: 'weather',
      tags: new Map([
        ['host', 'pi'],
        ['room', 'a'],
      ]),
      fields: new Map<string, unknown>([
        ['t', 3.5],
        ['h', 40],
        ['ok', true],
        ['s', 'x y'],
      ]),
      timestamp: '1590000000000000000',
    })
  })

  it.each([
    ['a\\ b\\,c,k\\ 1\\,\\==v\\ 1\\,\\= f\\ \\,\\==1', 'a b,c', ['k 1,=', 'v 1,='], ['f ,=', 1]],
    ['a\\b,k=c:\\dir f=1', 'a\\b', ['k', 'c:\\dir'], ['f', 1]],
  ])('line protocol - escapes and backslashes that are none: %s', (text, measurement, tag, field) => {
    const point = pointOf(text)
    expect([point.measurement, ...point.tags, ...point.fields]).toEqual([measurement, tag, field])
  })

  it.each([
    ['f=1', 1],
    ['f=-1.5e-3', -0.0015],
    ['f=.5', 0.5],
    ['f=1.', 1],
    ['f=-7i', -7],
    ['f=7u', 7],
    ['f=t', true],
    ['f=False', false],
    ['f="a, \\"b\\" = \\\\ c\nd"', 'a, "b" = \\ c\nd'],
    ['f=""', ''],
  ])('line protocol - the value of %s', (field, value) => {
    expect(pointOf(`m ${field} 7`).fields.get('f')).toBe(value)
  })

  it.each([
    [',a=1 f=1', /^the name of a measurement/],
    ['m', /^a blank and fields/],
    ['m,a f=1', /^each tag is a key/],
    ['m,a= f=1', /^tag a has a value/],
    ['m f', /^each field is a key/],
    ['m f=', /^field f is a number/],
    ['m f=-7u', /^field f is a number/],
    ['m f=1e999', /^field f is a number/],
    ['m f=NaN', /^field f is a number/],
    ['m f=yes', /^field f is a number/],
    ['m f="open', /^field f is a number/],
    ['m f="shut"x', /^field f is a number/],
    ['m f=1,', /^each field is a key/],
    ['m f=1 now', /^behind the fields a timestamp/],
    ['m f=1 1.5', /^behind the fields a timestamp/],
    ['m f=1 2 3', /^behind the fields a timestamp/],
  ])('line protocol - %s names what was expected', (text, rule) => {
    expect(ruleOf(text)).toMatch(rule)
  })

  it('line protocol - a broken line costs that line, and all are counted', () => {
    const text = '# a comment\n\nm f=1\r\nbroken\nm f="two\nlines" 7\n  \nm f=2'
    expect(read(text).map((line) => [line.line, 'point' in line])).toEqual([
      [3, true],
      [4, false],
      [5, true],
      [8, true],
    ])
  })

  it('line protocol - what was written by the rules is read as it was', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 12 })
      .filter((text) => /^[^\\\s#",=][^\\\n\r"]*$/.test(text))
    const escaped = (text: string) => text.replace(/[,= ]/g, '\\$&')
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => [Number(String(n)), String(n)] as const),
      fc.integer().map((n) => [n, `${n}i`] as const),
      fc.nat().map((n) => [n, `${n}u`] as const),
      fc.boolean().map((is) => [is, is ? 'T' : 'false'] as const),
      fc.string().map((text) => [text, `"${text.replace(/["\\]/g, '\\$&')}"`] as const),
    )
    const point = fc.record({
      measurement: name,
      tags: fc.dictionary(name, name, { maxKeys: 3 }),
      fields: fc.dictionary(name, value, { minKeys: 1, maxKeys: 4 }),
      timestamp: fc.option(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n })),
    })
    fc.assert(
      fc.property(fc.array(point, { maxLength: 5 }), (points) => {
        const text = points.map(({ measurement, tags, fields, timestamp }) => {
          const tagged = Object.entries(tags).map(([key, tag]) => `,${escaped(key)}=${escaped(tag)}`)
          const valued = Object.entries(fields).map(([key, [, written]]) => `${escaped(key)}=${written}`)
          return `${escaped(measurement)}${tagged.join('')} ${valued.join(',')}${timestamp === null ? '' : ` ${timestamp}`}`
        })
        const found = read(text.join('\n')).map((line) => ('point' in line ? line.point : line))
        expect(found).toEqual(
          points.map(({ measurement, tags, fields, timestamp }) => ({
            measurement,
            tags: new Map(Object.entries(tags)),
            fields: new Map(Object.entries(fields).map(([key, [meant]]) => [key, meant])),
            timestamp: timestamp === null ? undefined : String(timestamp),
          })),
        )
      }),
    )
  })

  it('line protocol - no text ends the reading, and each line is told once at most', () => {
    const signs = fc.constantFrom(...'a,= \\"\n\r1i#'.split(''))
    fc.assert(
      fc.property(fc.string({ unit: signs, maxLength: 60 }), (text) => {
        const lines = read(text).map(({ line }) => line)
        expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b))
        expect(lines.at(-1) ?? 0).toBeLessThanOrEqual(text.split('\n').length)
      }),
    )
  })

  it('line protocol - counts of time become milliseconds, a part of one left out', () => {
    expect(millisecondsOf('1590000000123999999', 'ns')).toBe(1590000000123)
    expect(millisecondsOf('-1', 'ns')).toBe(-1)
    expect(millisecondsOf('1590000000', 's')).toBe(1590000000000)
    expect(millisecondsOf('9999999999999999999', 'h')).toBeUndefined()
  })
})
