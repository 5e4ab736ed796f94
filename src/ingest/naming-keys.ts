import { leavesOf } from './json-path.ts'
import { namesThings } from './long-table.ts'
import type { Named } from './raw-row.ts'

/** What a tick says of whose it is; undefined where it says nothing. */
export type NamesOf = (tick: Readonly<Record<string, unknown>>) => Named | undefined

/** Keys of longer ticks are not looked through. */
const MOST_LEAVES = 128
const LONGEST_NAME = 64
const MOST_PATHS = 1024

/** `asked`: columns of the station, which has its say of them already. */
export function namesIn(asked: readonly string[]): NamesOf {
  /** Whether a path names things: a tick has the same ones as that before it. */
  const naming = new Map<string, boolean>()
  const isNaming = (path: string): boolean => {
    const known = naming.get(path)
    if (known !== undefined) return known
    const found = !asked.includes(path) && namesThings(path)
    if (naming.size < MOST_PATHS) naming.set(path, found)
    return found
  }
  return (tick) => {
    let named: [string, string][] | undefined
    let leaves = 0
    for (const [path, text] of leavesOf(tick)) {
      if (++leaves > MOST_LEAVES) break
      const key = path.startsWith('values.') ? path.slice('values.'.length) : path
      const name = text.trim()
      if (name === '' || !isNaming(key)) continue
      named ??= []
      named.push([key.slice(0, 128), name.slice(0, LONGEST_NAME)])
    }
    return named
  }
}
