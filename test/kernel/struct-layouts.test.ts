import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { writeFields } from '../../src/kernel/fields.ts'
import { HEAD_FIELDS } from '../../src/kernel/head-fields.ts'
import { MLP_FIELDS } from '../../src/kernel/mlp-fields.ts'
import { PASS_FIELDS } from '../../src/kernel/pass-fields.ts'

/* What the host writes by its lists of fields, the kernel reads by its classes: 32 bits a field, one after the other. */

interface Field {
  readonly name: string
  readonly type: string
}

const ASSEMBLY = new URL('../../src/kernel/assembly/', import.meta.url)
/** By the names of the kernel's classes. */
const HOST: Readonly<Record<string, readonly string[]>> = {
  HeadStep: HEAD_FIELDS,
  MlpStep: MLP_FIELDS,
  Pass: PASS_FIELDS,
}
/** Of a 32-bit WebAssembly: `usize` is an address. */
const OF_32_BITS = ['i32', 'usize']

/** The classes without a header of their own that a source of the kernel lays out in memory, by name. */
function structsIn(source: string): Map<string, Field[]> {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
  const classes = code.matchAll(/@unmanaged\s+(?:export\s+)?(?:final\s+)?class\s+(\w+)[^{]*\{([^}]*)\}/g)
  return new Map(Array.from(classes, ([, name = '', body = '']) => [name, fieldsOf(name, body)]))
}

/** Every line of a body is a field: anything else might take up memory, too. */
function fieldsOf(struct: string, body: string): Field[] {
  const lines = body.split(/[\n;]/).map((line) => line.trim())
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [, name, type] = /^(\w+): (\w+)$/.exec(line) ?? []
      if (name === undefined || type === undefined) throw new Error(`${struct} has what is no field: ${line}`)
      return { name, type }
    })
}

const sources = readdirSync(ASSEMBLY).filter((name) => name.endsWith('.ts'))
const structs = new Map(
  sources.flatMap((name) => [...structsIn(readFileSync(new URL(name, ASSEMBLY), 'utf8'))]),
)

test('struct layouts - every class that the kernel reads from memory has a list of the host, and every list a class', () => {
  expect([...structs.keys()].sort()).toEqual(Object.keys(HOST))
  const classes = sources.flatMap((name) =>
    Array.from(
      readFileSync(new URL(name, ASSEMBLY), 'utf8').matchAll(/^(?:export )?class (\w+)/gm),
      ([, of]) => of,
    ),
  )
  expect(classes.sort()).toEqual(Object.keys(HOST))
})

describe.each(Object.entries(HOST))('struct layouts - %s', (struct, host) => {
  const fields = structs.get(struct) ?? []

  test('has the fields that the host writes, in its order', () => {
    expect(fields.map(({ name }) => name)).toEqual(host)
    expect(new Set(host).size).toBe(host.length)
  })

  test('has 32 bits in each, as the host writes them, so that no padding moves them', () => {
    expect(fields.filter(({ type }) => !OF_32_BITS.includes(type))).toEqual([])
  })

  test('is written field by field from its address on, and nothing beyond', () => {
    const memory = new Float32Array(host.length + 2)
    const written = writeFields(memory, 4, host, Object.fromEntries(host.map((name, at) => [name, at + 1])))
    expect([...written]).toEqual(host.map((_, at) => at + 1))
    const words = [...new Uint32Array(memory.buffer)]
    expect(words).toEqual([0, ...host.map((_, at) => at + 1), 0])
  })
})

test('struct layouts - of a class, comments are passed over, and what is no plain field is rejected', () => {
  const source = (body: string) => `@unmanaged\nexport class Pass {\n${body}\n}`
  expect(structsIn(source('/** Of: it. */\n  a: i32\n  // b: i32\n  c: usize')).get('Pass')).toEqual([
    { name: 'a', type: 'i32' },
    { name: 'c', type: 'usize' },
  ])
  expect(() => structsIn(source('a: i32 = 0'))).toThrow('Pass has what is no field: a: i32 = 0')
})
