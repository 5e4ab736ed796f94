import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { keepFixture } from '../support/keep-fixture.ts'
import { journalled, stateOf, tickOf } from '../support/keep-samples.ts'

const CHILD = fileURLToPath(new URL('../support/keep-child.ts', import.meta.url))
const TIMES = 10
const STATE_BYTES = 300_000

const { folder: newFolder, open } = keepFixture()
const children = new Set<ReturnType<typeof spawn>>()

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

/** A process on a folder; `until` looks at each line and says when it has seen enough. */
function start(folder: string, mode: 'write' | 'hold', uid?: number) {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, folder, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid !== undefined && { uid }),
  })
  children.add(child)
  const lines: string[] = []
  const reader = createInterface(child.stdout)
  return {
    pid: child.pid!,
    lines,
    until: (enough: (line: string) => boolean) =>
      new Promise<void>((resolve, reject) => {
        reader.on('line', (line) => {
          lines.push(line)
          if (enough(line)) resolve()
        })
        reader.on('close', () => reject(new Error(`the process ended first: ${lines.at(-1)}`)))
      }),
    /** All that it said before it was dead is in `lines`. */
    async kill() {
      const read = once(reader, 'close')
      child.kill('SIGKILL')
      await read
    },
  }
}

describe('store processes', () => {
  it("store processes - a folder is one process's, told by pid, until that is killed", async () => {
    const folder = newFolder()
    const holder = start(folder, 'hold')
    await holder.until((line) => line === 'open')
    await expect(open(folder)).rejects.toMatchObject({
      code: 'store_in_use',
      message: expect.stringMatching(new RegExp(`in use by process ${holder.pid} since 20\\d\\d-`)),
    })
    await holder.kill()
    const { keep } = await open(folder)
    expect(await keep.append('a', tickOf(1))).toBe(1)
    const second = start(folder, 'hold')
    await second.until((line) => line.startsWith('refused store_in_use'))
    expect(second.lines.at(-1)).toContain(`in use by process ${process.pid} since`)
  })

  it(`store processes - killed ${TIMES} times amid ticks and checkpoints, nothing acknowledged is lost`, async () => {
    const folder = newFolder()
    let newest = 0
    /** By position, over all lives. */
    const acknowledged = new Map<number, string>()
    for (let life = 0; life < TIMES; life++) {
      const child = start(folder, 'write')
      let ticks = 0
      // Somewhere else each time: right behind an answer, or before the next one.
      const enough = 150 + ((life * 137) % 400)
      await child.until((line) => line.startsWith('tick') && ++ticks >= enough)
      await child.kill()
      let checkpointed = 0
      for (const [kind, position, id] of child.lines.map((line) => line.split(' '))) {
        if (kind === 'tick') {
          expect(acknowledged.has(Number(position))).toBe(false)
          acknowledged.set(Number(position), id!)
        } else if (kind === 'checkpoint') checkpointed = Number(position)
      }

      const { keep, damage } = await open(folder)
      const checkpoints = await keep.checkpoints('a')
      expect(checkpoints.length).toBeGreaterThan(0)
      expect(checkpoints[0]!.position).toBeGreaterThanOrEqual(checkpointed)
      for (const { position, state } of checkpoints)
        expect(Buffer.compare(state, stateOf(position, STATE_BYTES))).toBe(0)
      const [forecast] = await keep.records('a', 'forecast', { limit: 1, newestFirst: true })
      expect(forecast?.message).toEqual({ position: checkpoints[0]!.position })

      const rows = await journalled(keep, 'a')
      const first = rows[0]!.position
      expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => first + index))
      if (checkpoints.length > 1) expect(first).toBeLessThanOrEqual(checkpoints[1]!.position + 1)
      else expect(first).toBe(1)
      expect(rows.at(-1)!.position).toBeGreaterThanOrEqual(newest)
      const byPosition = new Map(rows.map(({ position, tick }) => [position, tick.id]))
      const lost = [...acknowledged].filter(
        ([position, id]) => position >= first && byPosition.get(position) !== id,
      )
      expect(lost).toEqual([])
      expect(damage).toEqual([])
      newest = rows.at(-1)!.position
      await keep.close()
    }
    expect(acknowledged.size).toBeGreaterThan(TIMES * 150 - 1)
  })

  it.skipIf(process.getuid?.() !== 0)(
    'store processes - a folder or file that may only be read is refused by name',
    async () => {
      const NOBODY = 65534
      const folder = newFolder()
      await (await open(folder)).keep.close()
      chmodSync(join(folder, '..'), 0o755)
      chmodSync(folder, 0o755)
      const inFolder = start(folder, 'hold', NOBODY)
      await inFolder.until((line) => line.startsWith('refused'))
      expect(inFolder.lines.at(-1)).toMatch(/^refused store_unwritable .*cannot be kept here/)
      chmodSync(folder, 0o777)
      chmodSync(join(folder, 'tickcast.lock'), 0o666)
      chmodSync(join(folder, 'tickcast.db'), 0o644)
      const onFile = start(folder, 'hold', NOBODY)
      await onFile.until((line) => line.startsWith('refused') || line === 'open')
      expect(onFile.lines.at(-1)).toMatch(/^refused store_unwritable .*tickcast\.db/)
    },
  )

  it.skipIf(!canMount())(
    'store processes - a disk that is full is said, and it goes on when it is not',
    async () => {
      const disk = newFolder()
      mkdirSync(disk)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', disk])
      try {
        const { keep } = await open(join(disk, 'keep'))
        await keep.append('a', tickOf(1))
        await keep.checkpoint('a', { position: 1, eventTime: 1, state: stateOf(1), records: [] })
        const fill = join(disk, 'fill')
        try {
          writeFileSync(fill, Buffer.alloc(8 * 2 ** 20))
        } catch (error) {
          expect(error).toMatchObject({ code: 'ENOSPC' })
        }
        let kept = 1
        let rejection: unknown
        while (rejection === undefined) {
          try {
            kept = await keep.append('a', tickOf('x'.repeat(5000)))
          } catch (error) {
            rejection = error
          }
        }
        expect(rejection).toMatchObject({ name: 'TickcastError', code: 'store_full' })
        expect(keep.health()).toContain('the disk is full')
        const state = stateOf(2, 1_000_000)
        await expect(
          keep.checkpoint('a', { position: kept, eventTime: 2, state, records: [] }),
        ).rejects.toMatchObject({ code: 'store_full' })
        expect((await keep.checkpoints('a')).map(({ position }) => position)).toEqual([1])
        rmSync(fill)
        expect(await keep.append('a', tickOf(2))).toBe(kept + 1)
        expect(keep.health()).toBeUndefined()
        expect((await journalled(keep, 'a')).length).toBe(kept + 1)
        await keep.close()
      } finally {
        execFileSync('umount', ['-l', disk])
      }
    },
  )
})

/** A small disk to fill: of Linux's superuser, and not in every container. */
function canMount(): boolean {
  const disk = mkdtempSync(join(tmpdir(), 'tickcast-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', disk], { stdio: 'ignore' })
    execFileSync('umount', [disk], { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    rmdirSync(disk)
  }
}
