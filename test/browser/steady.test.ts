import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PAST_SHOWN_MS } from '../../src/dashboard/moment.ts'
import { MINUTE } from '../../src/domain/instant.ts'
import { chromiumRequirement, launchBrowser, openPage, type WatchedPage } from '../support/browser.ts'
import { startTickcast, type TickcastProcess } from '../support/tickcast-process.ts'
import { layoutShift, watchLayoutShifts } from './inspect.ts'

const WIDTHS = [360, 768, 1360]
const MOST_SHIFT = 0.01
const FIRST_MS = 5_000
const LOOKED_AT_MS = 20_000

/** What the page says of the time at one frame, from each place where it does. */
interface Frame {
  readonly reading: string
  readonly position: string
  /** Of the chart: where its line of now stands, and which forecast it draws. */
  readonly now: string
  readonly drawn: string
  /** Under the next hours. */
  readonly issued: string
}

/** All that differs, of as many frames as there are in a while. */
function framesOf(page: Page, forMs: number): Promise<Frame[]> {
  return page.evaluate(
    (milliseconds) =>
      new Promise<Frame[]>((resolve) => {
        const text = (selector: string) => document.querySelector(selector)?.textContent ?? ''
        const frames: Frame[] = []
        const end = performance.now() + milliseconds
        const look = () => {
          const { now = '', issued: drawn = '' } =
            document.querySelector<HTMLElement>('#chart')?.dataset ?? {}
          const frame = {
            reading: text('#readout-now .note span'),
            position: text('#position'),
            now,
            drawn,
            issued: text('#hours-issued span'),
          }
          if (JSON.stringify(frames.at(-1)) !== JSON.stringify(frame)) frames.push(frame)
          if (performance.now() < end) requestAnimationFrame(look)
          else resolve(frames)
        }
        requestAnimationFrame(look)
      }),
    forMs,
  )
}

/** Of a page's `Wed 1 Jan 2020 00:10` or `Wed 1 Jan 00:10 ...`, whose year is that of `near`. */
function timeOf(words: string, near: string): number {
  const [, day, year, time] = /\w{3} (\d+ \w{3})(?: (\d{4}))? (\d\d:\d\d)/.exec(words) ?? []
  return Date.parse(`${day} ${year ?? near.slice(0, 4)} ${time} UTC`)
}

/** The tests run in order and share one process: the tape plays as fast as it can. */
chromiumRequirement.describe('page at full speed', () => {
  let tickcast: TickcastProcess
  let browser: Browser
  const pages: { readonly width: number; readonly watched: WatchedPage }[] = []
  const page = () => pages.at(-1)!.watched.page

  beforeAll(async () => {
    const flags = ['--port', '0', '--no-network', '--lead-in', '5d', '--speed', 'max']
    ;[tickcast, browser] = await Promise.all([startTickcast(flags), launchBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await tickcast?.stop()
  })

  it.each(WIDTHS)('steady - at %i px next to nothing jumps in the first five seconds', async (width) => {
    const watched = await openPage(browser, { url: tickcast.url, viewport: { width, height: 800 } })
    await watchLayoutShifts(watched.page, { buffered: true })
    await expect.poll(() => watched.page.locator('#models tbody').textContent()).toMatch(/\d/)
    await expect.poll(() => watched.page.evaluate(() => performance.now())).toBeGreaterThan(FIRST_MS)
    const { sum, worst } = await layoutShift(watched.page)
    expect(sum, worst).toBeLessThanOrEqual(MOST_SHIFT)
    pages.push({ width, watched })
  })

  it('steady - in every frame the readout, the chart, the forecast and the tape are of one moment', async () => {
    await expect.poll(() => page().locator('#tape-panel').isVisible()).toBe(true)
    const frames = await framesOf(page(), 10_000)
    expect(frames.length).toBeGreaterThan(10)
    const apart = frames.filter(({ reading, position, now, drawn, issued }) => {
      const at = Date.parse(now)
      const issuedAt = Date.parse(drawn)
      const held = issuedAt <= at && at - issuedAt < 70 * MINUTE
      return !(
        timeOf(reading, now) === at &&
        timeOf(position, now) === at &&
        timeOf(issued, drawn) === issuedAt &&
        held
      )
    })
    expect(apart).toEqual([])
    // It does go on meanwhile.
    expect(Date.parse(frames.at(-1)!.now)).toBeGreaterThan(Date.parse(frames[0]!.now))
  })

  it('steady - nor does anything jump later on, or when a time is sought', async () => {
    const shifts = async () =>
      Promise.all(pages.map(async ({ watched }) => (await layoutShift(watched.page)).sum))
    const before = await shifts()
    const from = await page().evaluate(() => performance.now())
    await expect.poll(() => page().evaluate(() => performance.now())).toBeGreaterThan(from + LOOKED_AT_MS)
    for (const [year, month] of [
      ['2024', 'May 2024'],
      ['2020', 'Jan 2020'],
    ]) {
      await page()
        .getByLabel('Go to')
        .fill(`${year}-0${year === '2024' ? 5 : 1}-02`)
      await page().getByRole('button', { name: 'Go', exact: true }).click()
      await expect.poll(() => page().locator('#readout-now .note').textContent()).toContain(month)
    }
    const after = await shifts()
    for (const [index, { watched }] of pages.entries()) {
      const { worst } = await layoutShift(watched.page)
      expect(after[index]! - before[index]!, worst).toBeLessThanOrEqual(MOST_SHIFT)
      expect(watched.complaints).toEqual([])
    }
  })

  it('steady - behind a seek the panels are not empty before what was shown is out of date', async () => {
    await page().getByLabel('Go to').fill('2020-01-03')
    await page().evaluate(() => {
      const { dataset } = document.body
      const began = performance.now()
      dataset['blankAfter'] = ''
      const look = () => {
        const value = document.querySelector('#readout-next .value')?.textContent
        const empty = document.querySelector<HTMLElement>('#chart-empty')?.hidden === false
        if (value === '–' || empty) dataset['blankAfter'] ||= String(performance.now() - began)
        else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
    await page().getByRole('button', { name: 'Go', exact: true }).click()
    await expect.poll(() => page().locator('#readout-now .note').textContent()).toMatch(/ [345] Jan 2020/)
    const blankAfter = await page().evaluate(() => document.body.dataset['blankAfter'])
    // On a busy machine the first forecast comes later than the page goes on showing those of before.
    if (blankAfter !== '') expect(Number(blankAfter)).toBeGreaterThan(PAST_SHOWN_MS)
  })
})
