import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { Damage } from '../../src/domain/state-store.ts'
import type { Keep, KeepOptions } from '../../src/store/keep.ts'
import { openKeep } from '../../src/store/keep.ts'

export interface KeepFixture {
  /** A folder that is not there yet. */
  folder(): string
  /** A store that is closed with the test, and what it reports. */
  open(folder: string, options?: KeepOptions): Promise<{ readonly keep: Keep; readonly damage: Damage[] }>
}

/** Folders and stores of one test at a time; gone after it. */
export function keepFixture(): KeepFixture {
  const root = mkdtempSync(join(tmpdir(), 'tickcast-store-'))
  const keeps: Keep[] = []
  let folders = 0
  afterEach(async () => {
    await Promise.allSettled(keeps.splice(0).map((keep) => keep.close()))
    rmSync(root, { recursive: true, force: true })
  })
  return {
    folder() {
      mkdirSync(root, { recursive: true })
      return join(root, String(folders++))
    },
    async open(folder, options = {}) {
      const damage: Damage[] = []
      const keep = await openKeep(folder, { onDamage: (found) => damage.push(found), ...options })
      keeps.push(keep)
      return { keep, damage }
    },
  }
}

/** The files as a loss of power would leave them: copied while the store is open. */
export function crashImage(from: string, to: string, { withIndex }: { withIndex: boolean }): void {
  for (const name of readdirSync(from)) {
    if (!name.startsWith('tickcast.db') || (name.endsWith('-shm') && !withIndex)) continue
    copyFileSync(join(from, name), join(to, name))
  }
}

/** Turns over the bits of a byte. */
export function flip(path: string, at: number): void {
  const byte = readFileSync(path)[at]!
  const handle = openSync(path, 'r+')
  writeSync(handle, Uint8Array.of(byte ^ 0xff), 0, 1, at)
  closeSync(handle)
}
