import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { chromiumRequirement, launchBrowser, openPage } from '../support/browser.ts'
import { temporaryFolder } from '../support/files.ts'
import { LOUNGE, stuckTicks } from '../support/stuck-sensor.ts'
import { startTickcast } from '../support/tickcast-process.ts'
import { cutTexts } from './inspect.ts'

const files = temporaryFolder()

chromiumRequirement.describe('page of a faulty sensor', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  it('sensor page - a live sensor that is stuck is not shown as one that is well, until its owner says that it is', async () => {
    const station = await files.write('lounge.yaml', LOUNGE)
    const { url, stop } = await startTickcast([
      ...['--port', '0', '--live', '--station', station, '--no-network', '--experts', 'persistence'],
    ])
    onTestFinished(stop)
    const rows = stuckTicks()
    const post = (path: string, body?: string) =>
      fetch(`${url}/v1/stations/lounge/${path}`, {
        method: 'POST',
        ...(body && { headers: { 'content-type': 'application/json' }, body }),
      })
    expect((await post('ticks', JSON.stringify(rows))).status).toBe(202)

    const { page, complaints } = await openPage(browser, { url })
    const strip = page.locator('#provenance')
    const words = () => strip.textContent()
    await expect.poll(words).toMatch(/^\s*Live, but not measured/)
    expect(await words()).toMatch(
      /the sensor is stuck since .*: it says 20\.95 °C.*not scored, not learnt from/,
    )
    expect(await strip.getAttribute('data-kind')).toBe('unknown')
    await expect.poll(() => page.locator('#health').textContent()).toMatch(/Sensorstuck since .*, 6 masked/)

    for (const width of [320, 768, 1360]) {
      await page.setViewportSize({ width, height: 900 })
      expect(await cutTexts(page)).toEqual([])
    }

    expect((await post('health/accept')).status).toBe(202)
    await expect.poll(words).toMatch(/^\s*Live /)
    await expect
      .poll(() => page.locator('#health').textContent())
      .toMatch(/Sensorok; stuck until .*: accepted as real/)
    expect(complaints).toEqual([])
  })
})
