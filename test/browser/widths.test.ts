import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postTapeCommand } from '../../src/client/http.ts'
import { DAY, formatInstant, HOUR } from '../../src/domain/instant.ts'
import { chromiumRequirement, launchBrowser, openPage, type WatchedPage } from '../support/browser.ts'
import { temporaryFolder } from '../support/files.ts'
import { startTickcast, type TickcastProcess } from '../support/tickcast-process.ts'
import { until } from '../support/until.ts'
import { cutTexts, painted } from './inspect.ts'

const WIDTHS = [320, 360, 375, 768, 1024, 1280, 1360, 2560]
const files = temporaryFolder()

/** Forty days by the hour of what takes the most room: four digits, or a minus and two of them, long names and units. */
const AWKWARD = {
  pressure: { unit: 'hPa (sea level)', min: 800, max: 1100, mean: 1009, swing: 24 },
  cold: { unit: 'degC', min: -80, max: 60, mean: -28, swing: 14 },
} as const

async function stationOf(name: keyof typeof AWKWARD): Promise<readonly string[]> {
  const { unit, min, max, mean, swing } = AWKWARD[name]
  const began = Date.UTC(2021, 0, 1)
  const rows = Array.from({ length: (40 * DAY) / HOUR }, (_, hour) => {
    const value = mean + swing * Math.sin(hour / 11) * Math.cos(hour / 97) + (hour % 7) / 5
    return `${formatInstant(began + hour * HOUR)},${value.toFixed(1)}`
  })
  const data = await files.write(`${name}.csv`, `time,${name} of the long title\n${rows.join('\n')}\n`)
  const station = await files.write(
    `${name}.yaml`,
    `id: ${name}
title: The ${name} station on the north slope of the mountain behind the village, second mast
time: { column: time, format: iso, utc_offset: "+05:30" }
cadence: 1h
target: ${name} of the long title
channels:
  - { name: ${name} of the long title, column: ${name} of the long title, unit: "${unit}", min: ${min}, max: ${max} }
`,
  )
  return ['--data', data, '--station', station]
}

chromiumRequirement.describe('page of an awkward station', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  describe.each(['pressure', 'cold'] as const)('of %s', (name) => {
    let tickcast: TickcastProcess
    let watched: WatchedPage

    beforeAll(async () => {
      tickcast = await startTickcast([
        ...(await stationOf(name)),
        ...['--speed', 'max', '--no-network', '--port', '0'],
      ])
      const { url } = tickcast
      // Ahead of the page, which need not paint all that comes before.
      await until('the tape has ended', async () => {
        const { ended } = await postTapeCommand(name, { url, command: { state: true } })
        return ended
      })
      watched = await openPage(browser, { url, viewport: { width: WIDTHS[0]!, height: 900 } })
    })
    afterAll(async () => {
      await watched?.page.context().close()
      await tickcast?.stop()
    })

    it.each(WIDTHS)('widths - at %i px no number is cut, and nothing scrolls sideways', async (width) => {
      const { page, complaints } = watched
      await page.setViewportSize({ width, height: 900 })
      await expect.poll(() => page.locator('#tape-note').textContent()).toContain('has ended')
      await expect.poll(() => page.locator('#models tbody').textContent()).toMatch(/\d/)
      await expect.poll(() => page.locator('#held').textContent()).toMatch(/\d %/)
      await painted(page)
      expect(await cutTexts(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      expect(complaints).toEqual([])
    })
  })
})
