import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { memoryBus } from '../../src/bus/memory.ts'
import { startGateway } from '../../src/gateway/gateway.ts'
import { station } from '../dashboard/messages.ts'
import { chromiumRequirement, launchBrowser, openPage } from '../support/browser.ts'
import { startTickcast, type TickcastProcess } from '../support/tickcast-process.ts'
import { violationsInLightAndDark } from './axe.ts'

const shows = (page: Page, selector: string, words: string | RegExp) =>
  expect.poll(() => page.locator(selector).textContent()).toMatch(words)

chromiumRequirement.describe('page for everyone', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  const opened = async (url: string, width = 1280) => {
    const { page } = await openPage(browser, { url, viewport: { width, height: 800 } })
    onTestFinished(() => page.context().close())
    return page
  }
  const tapeOf = async (...flags: string[]): Promise<TickcastProcess> => {
    const tickcast = await startTickcast(['--port', '0', '--no-network', ...flags])
    onTestFinished(() => tickcast.stop())
    return tickcast
  }

  it('accessible - a live station: without a token, empty, and with readings', async () => {
    const tickcast = await tapeOf('--live', '--token', 'a secret')
    const page = await opened(tickcast.url)
    await expect.poll(() => page.locator('#token-form').isVisible()).toBe(true)
    expect(await violationsInLightAndDark(page)).toEqual([])
    await page.getByLabel('Token').fill('a secret')
    await page.getByRole('button', { name: 'Open' }).click()
    await shows(page, '#first-curl', 'curl')
    expect(await violationsInLightAndDark(page)).toEqual([])
    const event_time = new Date(Math.floor(Date.now() / 600_000) * 600_000).toISOString()
    const posted = await fetch(`${tickcast.url}/v1/stations/jena/ticks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer a secret' },
      body: JSON.stringify({ event_time, values: { 'T (degC)': 21.4 } }),
    })
    expect(posted.status).toBe(202)
    await shows(page, '#readout-now .value', '21.4')
    expect(await violationsInLightAndDark(page)).toEqual([])
  })

  it('accessible - a tape: playing, its table, its help and its question open, paused, at its end, and lost', async () => {
    const tickcast = await tapeOf('--no-keep', '--lead-in', '5d', '--speed', '3600')
    const [page, phone] = [await opened(tickcast.url), await opened(tickcast.url, 320)]
    await shows(page, '#models tbody', /\d/)
    await shows(page, '#hours tbody', /\d\s*…/)
    await page.locator('#chart-table summary').click()
    await shows(page, '#chart-table tbody', /\d/)
    for (const each of [page, phone]) expect(await violationsInLightAndDark(each)).toEqual([])
    // Its hundreds of cells would be looked at each time.
    await page.locator('#chart-table summary').click()

    await page.getByRole('button', { name: 'Help and keys' }).click()
    expect(await violationsInLightAndDark(page)).toEqual([])
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Begin anew …' }).click()
    await expect.poll(() => page.getByRole('alertdialog').isVisible()).toBe(true)
    expect(await violationsInLightAndDark(page)).toEqual([])
    await page.getByRole('button', { name: 'Cancel' }).click()

    await page.getByRole('button', { name: 'Pause' }).click()
    await shows(page, '#tape-note', 'paused')
    expect(await violationsInLightAndDark(page)).toEqual([])

    await page.getByLabel('Go to').fill('2029-12-31')
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await shows(page, '#position', '2029')
    await page.getByLabel('Speed').selectOption('max')
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await shows(page, '#tape-note', 'has ended')
    expect(await violationsInLightAndDark(page)).toEqual([])

    await tickcast.stop()
    await shows(page, '#link', 'Reconnecting')
    await page.getByRole('button', { name: 'Play from the start' }).click()
    await shows(page, '#tape-note', 'Not carried out: no connection to the server')
    for (const each of [page, phone]) expect(await violationsInLightAndDark(each)).toEqual([])
  })

  it('accessible - the chart is read by keys, and as a table', async () => {
    const tickcast = await tapeOf('--lead-in', '5d', '--speed', '1')
    const page = await opened(tickcast.url)
    await expect.poll(() => page.locator('#chart').getAttribute('data-now')).toMatch(/^2020-01-0(5T23|6)/)
    await page.getByRole('button', { name: 'Pause' }).click()
    await shows(page, '#tape-note', 'paused')
    const chart = page.getByRole('slider', { name: /^Chart/ })
    const heard = () => chart.getAttribute('aria-valuetext')
    await page.getByRole('button', { name: 'Help and keys' }).focus()
    await page.keyboard.press('Tab')
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('chart')
    const [, now] = /(\d\d:\d\d)/.exec((await page.locator('#readout-now .note').textContent()) ?? '') ?? []
    const value = await page.locator('#readout-now .value').textContent()
    expect(await heard()).toContain(`${now}  ·  observed ${value} °C`)
    await page.keyboard.press('End')
    const { mean, at } = await page.evaluate(() => {
      const [, when, figure] = document.querySelector('#hours tbody tr:last-child')?.children ?? []
      return { at: when?.textContent, mean: figure?.textContent }
    })
    expect(await heard()).toContain(`${at}  ·  forecast ${mean} °C, 90 % from`)
    expect(await page.locator('#chart-readout').textContent()).toBe(await heard())
    await page.keyboard.press('Home')
    const first = await heard()
    await page.keyboard.press('ArrowRight')
    expect(await heard()).not.toBe(first)
    await page.keyboard.press('ArrowLeft')
    expect(await heard()).toBe(first)
    // They are the chart's own: the tape has not been stepped.
    await shows(page, '#tape-note', 'paused')

    await page.locator('#chart-table summary').focus()
    await page.keyboard.press('Enter')
    const rows = page.locator('#chart-table tbody tr:not([hidden])')
    await expect.poll(() => rows.count()).toBeGreaterThan(90)
    // It is painted once a second at most.
    await expect
      .poll(() => rows.last().innerText())
      .toMatch(new RegExp(`${at}\\s+–\\s+${mean}\\s+−?[\\d.]+ to −?[\\d.]+\\s+–`))
  })

  it('accessible - who wants little motion sees the figures change no more often than once a second', async () => {
    const tickcast = await tapeOf('--lead-in', '2d', '--speed', '36000')
    const page = await opened(tickcast.url)
    const shortest = async () => {
      await shows(page, '#readout-now .note', /2020/)
      return page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const times: number[] = []
            new MutationObserver(() => {
              times.push(performance.now())
              if (times.length < 5) return
              resolve(Math.min(...times.slice(1).map((time, index) => time - times[index]!)))
            }).observe(document.querySelector('#readout-now .note')!, {
              subtree: true,
              characterData: true,
              childList: true,
            })
          }),
      )
    }
    expect(await shortest()).toBeLessThan(900)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.reload()
    expect(await shortest()).toBeGreaterThan(900)
  })

  it('accessible - a reload, and going away and back, keep station, lead and window', async () => {
    const bus = memoryBus({
      onError: (error) => {
        throw error
      },
    })
    for (const id of ['alpha', 'beta'])
      await bus.publish(id, 'station', station({ id, title: id, source: 'live' }))
    const pageDir = fileURLToPath(new URL('../../dist/dashboard', import.meta.url))
    const gateway = await startGateway({ bus, host: '127.0.0.1', port: 0, pageDir })
    onTestFinished(async () => {
      await gateway.close()
      await bus.close()
    })
    const page = await opened(gateway.address)
    await page.getByLabel('Station').selectOption('beta')
    await page.locator('#lead-switch label', { hasText: '+3 h' }).click()
    await page.locator('#window-switch label', { hasText: '7 d' }).click()
    await expect.poll(() => page.url()).toMatch('?station=beta&lead=3&window=7d')
    const chosen = async () => {
      await expect.poll(() => page.getByLabel('Station').inputValue()).toBe('beta')
      await shows(page, '#readout-error h2', '+3 h')
      expect(await page.getByLabel('7 d', { exact: true }).isChecked()).toBe(true)
    }
    await page.reload()
    await chosen()
    await page.goto(`${gateway.address}/livez`)
    await page.goBack()
    await chosen()
  })
})
