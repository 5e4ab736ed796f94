import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CLOSE_CODES, REPLY_CODES } from '../src/protocol/codes.ts'

const root = new URL('..', import.meta.url)
const spec = readFileSync(new URL('docs/spec.md', root), 'utf8')

describe('spec', () => {
  it('spec - every promise names tests that exist', () => {
    const promises = spec.split('\n').filter((line) => /^- \*\*[A-Z]\d+\*\*/.test(line))
    const broken = promises.filter((line) => {
      const named = [...line.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path!)
      return named.length === 0 || named.some((path) => !existsSync(new URL(path, root)))
    })
    expect(promises.length).toBeGreaterThan(20)
    expect(broken).toEqual([])
  })

  it('spec - no two promises share a number', () => {
    const numbers = [...spec.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, number]) => number)
    expect(numbers).toEqual([...new Set(numbers)])
  })

  it('spec - the codes of replies are those of the code, and so are the close codes', () => {
    const rows = [...spec.matchAll(/^\| `(\w+)` \| (\d+) \| (yes|no) \| (.+) \|$/gm)]
    expect(
      Object.fromEntries(
        rows.map(([, code, http, temporary, meaning]) => [
          code,
          { http: Number(http), temporary: temporary === 'yes', meaning },
        ]),
      ),
    ).toEqual(REPLY_CODES)
    const closes = [...spec.matchAll(/^\| (\d{4}) \| `(\w+)` \|/gm)]
    expect(Object.fromEntries(closes.map(([, code, name]) => [name, Number(code)]))).toEqual(CLOSE_CODES)
  })
})
