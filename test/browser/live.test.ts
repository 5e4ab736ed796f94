import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chromiumRequirement, launchBrowser, openPage } from '../support/browser.ts'
import { startTickcast, type TickcastProcess } from '../support/tickcast-process.ts'
import { drawnUnderTheChart } from './inspect.ts'

const TOKEN = 'a long secret/with+signs'

chromiumRequirement.describe('page of a live station', () => {
  let tickcast: TickcastProcess
  let browser: Browser

  beforeAll(async () => {
    ;[tickcast, browser] = await Promise.all([
      startTickcast(['--port', '0', '--live', '--no-network', '--token', TOKEN]),
      launchBrowser(),
    ])
  })
  afterAll(async () => {
    await browser?.close()
    await tickcast?.stop()
  })

  it('live page - a tick that is posted shows up as the present, and there is no tape', async () => {
    const { page, complaints } = await openPage(browser, {
      url: `${tickcast.url}/#token=${encodeURIComponent(TOKEN)}`,
    })
    await expect.poll(() => page.locator('#provenance').textContent()).toMatch(/Live/)
    await expect.poll(() => page.locator('#link').textContent()).toMatch('waiting for readings')
    expect(await page.locator('#chart-empty').textContent()).toBe('Waiting for the first reading.')
    expect(await drawnUnderTheChart(page)).toBe(0)

    const eventTime = new Date(Math.floor(Date.now() / 600_000) * 600_000).toISOString()
    const posted = await fetch(`${tickcast.url}/v1/stations/jena/ticks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ event_time: eventTime, values: { 'T (degC)': 21.4 } }),
    })
    expect(posted.ok).toBe(true)
    await expect.poll(() => page.locator('#readout-now .value').textContent()).toBe('21.4')
    expect(await drawnUnderTheChart(page)).toBeGreaterThan(0)
    expect(await page.locator('#deck').isVisible()).toBe(false)
    expect(await page.locator('#provenance').getAttribute('data-kind')).toBe('live')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('live page - without the token the page says what it lacks', async () => {
    const { page } = await openPage(browser, { url: tickcast.url })
    await expect.poll(() => page.locator('#link').textContent()).toMatch('the token is missing or wrong')
    await page.context().close()
  })
})
