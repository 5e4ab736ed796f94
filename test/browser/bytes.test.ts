import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chromiumRequirement, launchBrowser, openPage } from '../support/browser.ts'
import { startTickcast, type TickcastProcess } from '../support/tickcast-process.ts'
import { watchTraffic } from './traffic.ts'

const MOST_OF_CODE = 150_000
const MOST_OF_DATA = 100_000

chromiumRequirement.describe('bytes of the page', () => {
  let tickcast: TickcastProcess
  let browser: Browser

  beforeAll(async () => {
    const flags = ['--port', '0', '--no-network', '--lead-in', '40d', '--speed', '1']
    ;[tickcast, browser] = await Promise.all([startTickcast(flags), launchBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await tickcast?.stop()
  })

  it('bytes - its code is small unpacked, and what it shows first is small as it travels', async () => {
    const { page } = await openPage(browser, { url: 'about:blank' })
    const traffic = await watchTraffic(page)
    // With forty days of readings and scores behind it, and no more of them under way.
    await expect
      .poll(async () => (await (await fetch(`${tickcast.url}/v1/stations/simulated/score`)).json()).as_of)
      .toBe('2020-02-09T23:00:00Z')
    await page.goto(tickcast.url)
    await expect.poll(() => page.locator('#hours tbody').textContent()).toMatch(/\d\s*…/)
    await expect.poll(() => page.locator('#models tbody').textContent()).toMatch(/\d/)
    await expect.poll(() => page.locator('#chart').getAttribute('data-issued')).toMatch(/^2020-02/)
    await expect.poll(() => traffic().filter(({ what }) => what.includes('/history')).length).toBe(1)
    const sent = traffic()
    const sum = (kind: string, of: 'unpacked' | 'travelled') =>
      sent.filter((each) => each.kind === kind).reduce((bytes, each) => bytes + each[of], 0)
    const told = sent.map(({ what, travelled }) => `${what} ${travelled}`).join('\n')
    expect(sum('code', 'unpacked'), told).toBeGreaterThan(50_000)
    expect(sum('code', 'unpacked'), told).toBeLessThan(MOST_OF_CODE)
    expect(sum('data', 'travelled'), told).toBeGreaterThan(1_000)
    expect(sum('data', 'travelled'), told).toBeLessThan(MOST_OF_DATA)
    await page.context().close()
  })
})
