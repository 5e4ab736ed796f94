import type { CDPSession, Page } from 'playwright-core'
import { layoutShift, watchLayoutShifts } from '../test/browser/inspect.ts'
import { watchTraffic } from '../test/browser/traffic.ts'
import { launchBrowser, openPage } from '../test/support/browser.ts'
import { startTickcast } from '../test/support/tickcast-process.ts'

export interface PageFlags {
  readonly minutes: number
  readonly width: number
}

/** Of a screen with 60 frames a second: one that comes later than this has missed its turn. */
const LATE_MS = 25

/**
 * What the page costs a browser at full speed, as the browser itself counts it: its frames, its heap after garbage was
 * collected, what jumped, and the bytes of the first picture.
 */
export async function benchPage({ minutes, width }: PageFlags): Promise<void> {
  const tickcast = await startTickcast(['--port', '0', '--no-network', '--lead-in', '40d', '--speed', 'max'])
  const browser = await launchBrowser()
  try {
    const { page } = await openPage(browser, { url: 'about:blank', viewport: { width, height: 800 } })
    // Functions that are handed to the page are named by the loader that compiles this file, with a helper of its own.
    await page.addInitScript({ content: 'globalThis.__name = (named) => named' })
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable')
    const traffic = await watchTraffic(page)
    await page.goto(tickcast.url)
    await watchLayoutShifts(page, { buffered: true })
    await page.waitForFunction(() => performance.now() > 5_000)
    const first = await layoutShift(page)
    const sent = traffic()
    const bytes = (kind: string, of: 'unpacked' | 'travelled') =>
      sent.filter((each) => each.kind === kind).reduce((sum, each) => sum + each[of], 0)
    print(`code ${bytes('code', 'unpacked')} bytes, ${bytes('code', 'travelled')} on the line`)
    print(`data of the first 5 s at full speed: ${bytes('data', 'travelled')} bytes on the line`)
    print(`layout shift in the first 5 s: ${first.sum.toFixed(4)} (largest: ${first.worst.slice(0, 200)})`)

    await countFrames(page)
    print('minute  heap after GC, MB  DOM nodes  frames/s  frame p50, ms  p99, ms  late, %  layout shift')
    for (let minute = 0; minute <= minutes; minute++) {
      if (minute > 0) await page.waitForTimeout(60_000)
      const frames = await framesSoFar(page)
      const { sum } = await layoutShift(page)
      const { heapBytes, nodes } = await heapOf(session)
      const row = [
        minute,
        (heapBytes / 1e6).toFixed(2),
        nodes,
        ...(minute === 0 ? ['', '', '', ''] : frames),
        (sum - first.sum).toFixed(4),
      ]
      print(row.join('  '))
    }
    print(`largest shift: ${(await layoutShift(page)).worst.slice(0, 300)}`)
  } finally {
    await browser.close()
    await tickcast.stop()
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function heapOf(session: CDPSession) {
  for (let pass = 0; pass < 2; pass++) await session.send('HeapProfiler.collectGarbage')
  const { metrics } = await session.send('Performance.getMetrics')
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
  return { heapBytes: of('JSHeapUsedSize'), nodes: of('Nodes') }
}

/** Counts how long frames take, by whole milliseconds: a list of them all would be the largest thing on the heap. */
function countFrames(page: Page): Promise<void> {
  return page.evaluate(() => {
    const counts = new Uint32Array(1_000)
    Object.assign(window, { frameCounts: counts })
    let before = performance.now()
    const frame = (now: number) => {
      const at = Math.min(counts.length - 1, Math.max(0, Math.round(now - before)))
      counts[at] = (counts[at] ?? 0) + 1
      before = now
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
}

/** Since it was asked last: frames a second, their median and 99th percentile in ms, and how many were late in %. */
async function framesSoFar(page: Page): Promise<readonly string[]> {
  const counts = await page.evaluate(() => {
    const { frameCounts }: { frameCounts?: Uint32Array } = Object(window)
    const copy = [...(frameCounts ?? [])]
    frameCounts?.fill(0)
    return copy
  })
  const all = counts.reduce((sum, count) => sum + count, 0)
  const milliseconds = counts.reduce((sum, count, ms) => sum + count * ms, 0)
  const quantile = (share: number) => {
    let below = 0
    return counts.findIndex((count) => {
      below += count
      return below >= share * all
    })
  }
  const late = counts.slice(LATE_MS + 1).reduce((sum, count) => sum + count, 0)
  return [
    ((1_000 * all) / milliseconds).toFixed(1),
    String(quantile(0.5)),
    String(quantile(0.99)),
    ((100 * late) / all).toFixed(2),
  ]
}
