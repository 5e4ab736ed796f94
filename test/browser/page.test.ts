import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chromiumRequirement, launchBrowser, openPage, type WatchedPage } from '../support/browser.ts'
import { startTickcast, type TickcastProcess } from '../support/tickcast-process.ts'
import {
  contrastsBelow,
  drawnRightOfNow,
  layoutShifts,
  timesUnderTheChart,
  watchLayoutShifts,
} from './inspect.ts'

/*
 * The real page of a real `tickcast start` with the simulated station, in a real browser. The tests run in order and
 * share one process: each leaves the tape as the next one finds it.
 */
chromiumRequirement.describe('page', () => {
  let tickcast: TickcastProcess
  let browser: Browser
  let laptop: WatchedPage

  const text = (selector: string) => laptop.page.locator(selector).innerText()
  const shows = (selector: string, words: string | RegExp) => expect.poll(() => text(selector)).toMatch(words)
  const rowsPlayed = async () =>
    Number(/^([\d,]+) rows/.exec(await text('#tape-note'))?.[1]?.replaceAll(',', ''))

  beforeAll(async () => {
    ;[tickcast, browser] = await Promise.all([
      startTickcast(['--port', '0', '--lead-in', '5d', '--speed', '36000']),
      launchBrowser(),
    ])
    laptop = await openPage(browser, { url: tickcast.url, viewport: { width: 1366, height: 768 } })
  })
  afterAll(async () => {
    await browser?.close()
    await tickcast?.stop()
  })

  it('page - the simulated station says so in words and in colour', async () => {
    await shows('#provenance', 'Simulated station: no instrument has measured this')
    expect(await laptop.page.locator('#provenance').getAttribute('data-kind')).toBe('simulated')
    await shows('#link', 'Connected')
    await shows('#tape-note', 'rows played')
  })

  it('page - the observed line and the fan of the next day are drawn', async () => {
    await shows('#readout-now .value', /^−?\d+\.\d$/)
    await shows('#readout-next .note', /^90 % sure: −?\d+\.\d to −?\d+\.\d °C$/)
    await expect.poll(() => drawnRightOfNow(laptop.page, '--fan-90')).toBeGreaterThan(500)
    await expect.poll(() => drawnRightOfNow(laptop.page, '--fan-50')).toBeGreaterThan(500)
    await expect.poll(() => laptop.page.locator('#chart-empty').isVisible()).toBe(false)
  })

  it('page - the times under the chart are hours and days, each once', async () => {
    const times = await timesUnderTheChart(laptop.page)
    expect(times.length).toBeGreaterThan(8)
    for (const time of times) expect(time).toMatch(/^(\d\d:00|\w{3} \d+ Jan)$/)
    expect(times.filter((time) => /Jan/.test(time)).length).toBeGreaterThanOrEqual(3)
  })

  it('page - the next hours stand in numbers with their intervals', async () => {
    const rows = await laptop.page.locator('#hours tbody tr').allInnerTexts()
    expect(rows).toHaveLength(5)
    for (const row of rows) expect(row).toMatch(/\+\d+ h\s+\d\d:\d\d\s+−?[\d.]+\s+.*….*\s+.*…/)
  })

  it('page - every model has its rolling error, and skill against persistence', async () => {
    await laptop.page.getByLabel('+1 h', { exact: true }).check({ force: true })
    await laptop.page.getByLabel('all', { exact: true }).check({ force: true })
    await shows('#models tbody', /mixture\s*published\s+\d+\.\d\d\s+(≈ )?([+−]\d+|0) %/)
    await shows('#models tbody', /persistence\s+\d+\.\d\d\s+reference\s+\d+ %\s+\d+/)
    await shows('#models tbody', 'same hour yesterday')
    await shows('#readout-error h2', 'Mean error at +1 h, since the start')
    const before = await text('#models tbody')
    await laptop.page.getByLabel('+24 h', { exact: true }).check({ force: true })
    await expect.poll(() => text('#models tbody')).not.toBe(before)
  })

  it('page - the chart of leads names the lines that are drawn: published, best expert, baselines that are paired', async () => {
    await shows(
      '#lead-legend',
      /^mixture\s+best expert: .+\s+persistence(\s+same hour yesterday)?(\s+climatology)?\s*$/,
    )
  })

  it('page - what the intervals held stands beside what they are called, and whether they can be believed', async () => {
    await shows('#intervals', /Intervals at \+24 h, n\s=\s[\d,]+\s+50 %\s+80 %\s+90 %/)
    await shows('#held', /^held, since the start(\s+[\d.]+ %){3}$/)
    await shows('#widths', /^mean width, K(\s+[\d.]+){3}$/)
    await shows('#calibration', /^Calibration: too early to say/)
  })

  it('page - training and data health are told', async () => {
    await shows('#training', /Network\s+GRU/)
    await shows('#training', /Samples matured\s+[1-9]/)
    await shows('#training', /Rounds rolled back\s+none/)
    await shows('#health', /Rows\s+[1-9]/)
  })

  it('page - nothing jumps while data streams', async () => {
    await shows('#tape-note', 'rows played')
    await watchLayoutShifts(laptop.page)
    const from = await rowsPlayed()
    await expect.poll(rowsPlayed).toBeGreaterThan(from + 120)
    expect(await layoutShifts(laptop.page)).toEqual([])
  })

  it('page - the tape is paused, stepped by single ticks and played again', async () => {
    await laptop.page.getByRole('button', { name: 'Pause' }).click()
    await shows('#provenance', 'paused')
    await shows('#tape-note', 'paused')
    const rows = await rowsPlayed()
    await laptop.page.getByRole('button', { name: 'Step one tick' }).click()
    await expect.poll(rowsPlayed).toBe(rows + 1)
    await laptop.page.locator('body').press('ArrowRight')
    await expect.poll(rowsPlayed).toBe(rows + 2)
    await laptop.page.getByRole('button', { name: 'Play', exact: true }).click()
    await expect.poll(rowsPlayed).toBeGreaterThan(rows + 2)
  })

  it('page - the speed is chosen, up to as fast as possible', async () => {
    await laptop.page.getByLabel('Speed').selectOption('36000')
    await shows('#provenance', 'at 36000x')
    await laptop.page.getByLabel('Speed').selectOption('max')
    await shows('#provenance', 'as fast as possible')
    const rows = await rowsPlayed()
    await expect.poll(rowsPlayed).toBeGreaterThan(rows + 500)
    // The line keeps up, as a whole picture: its history is fetched again and again.
    await expect.poll(() => drawnRightOfNow(laptop.page, '--fan-50')).toBeGreaterThan(500)
    await laptop.page.getByLabel('Speed').selectOption('3600')
    await shows('#provenance', 'at 3600x')
  })

  it('page - seeking forward goes on in the same session, backward it is lived again without a question', async () => {
    await laptop.page.locator('#play').click()
    await shows('#tape-note', 'paused')
    await laptop.page.getByLabel('Go to').fill('2020-07-01')
    await laptop.page.getByRole('button', { name: 'Go', exact: true }).click()
    await shows('#position', 'Wed 1 Jul 2020 00:00')
    expect(await rowsPlayed()).toBeGreaterThan(500)

    await laptop.page.locator('body').press('Shift+ArrowLeft')
    await shows('#position', 'Tue 30 Jun 2020 00:00')
    await laptop.page.locator('#scrubber').focus()
    await laptop.page.locator('#scrubber').press('ArrowRight')
    await shows('#position', 'Wed 1 Jul 2020 00:00')

    await laptop.page.getByLabel('Go to').fill('2020-01-02')
    await laptop.page.getByRole('button', { name: 'Go', exact: true }).click()
    await shows('#position', 'Thu 2 Jan 2020 00:00')
    // Ten minutes apart, but for gaps: as many as had been lived up to there.
    await expect.poll(rowsPlayed).toBeLessThanOrEqual(144)
    expect(await rowsPlayed()).toBeGreaterThan(100)
    expect(await laptop.page.getByRole('alertdialog').isVisible()).toBe(false)
    await laptop.page.locator('#play').click()
    await shows('#readout-now .note', /^Thu 2 Jan 2020/)
  })

  it('page - a seek by a hand on the scrubber goes where it lets go', async () => {
    const box = await laptop.page.locator('#scrubber').boundingBox()
    if (!box) throw new Error('no scrubber')
    const y = box.y + box.height / 2
    await laptop.page.mouse.move(box.x + 4, y)
    await laptop.page.mouse.down()
    await laptop.page.mouse.move(box.x + box.width / 2, y, { steps: 5 })
    await laptop.page.mouse.up()
    await shows('#position', /(Dec 2024|Jan 2025)/)
  })

  it('page - keys work the tape unless a control has them, and ? shows what they do', async () => {
    await laptop.page.locator('#speed').focus()
    await laptop.page.keyboard.press('ArrowLeft')
    await laptop.page.locator('body').click({ position: { x: 700, y: 90 } })
    await laptop.page.keyboard.press(' ')
    await shows('#tape-note', 'paused')
    await laptop.page.keyboard.press('?')
    expect(await laptop.page.getByRole('dialog', { name: 'Help' }).isVisible()).toBe(true)
    await laptop.page.keyboard.press('Escape')
    await expect.poll(() => laptop.page.getByRole('dialog').isVisible()).toBe(false)
    // The browser gives the focus back a moment later.
    await expect
      .poll(() => laptop.page.evaluate(() => document.activeElement?.closest('dialog') === null))
      .toBe(true)
    await laptop.page.keyboard.press(' ')
    await shows('#tape-note', /rows played · \d/)
  })

  it('page - loop is kept by the tape, not by the page', async () => {
    await laptop.page.getByLabel('Loop').click()
    const other = await openPage(browser, { url: tickcast.url })
    await expect.poll(() => other.page.getByLabel('Loop').isChecked()).toBe(true)
    await laptop.page.getByLabel('Loop').click()
    await expect.poll(() => other.page.getByLabel('Loop').isChecked()).toBe(false)
    await other.page.context().close()
  })

  it('page - light and dark both are, and all text is read easily (WCAG AA)', async () => {
    const backgrounds: string[] = []
    for (const colorScheme of ['light', 'dark'] as const) {
      await laptop.page.emulateMedia({ colorScheme })
      backgrounds.push(await laptop.page.evaluate(() => getComputedStyle(document.body).backgroundColor))
      expect(await contrastsBelow(laptop.page, 4.5)).toEqual([])
    }
    expect(new Set(backgrounds).size).toBe(2)
  })

  it('page - on a phone everything fits its width', async () => {
    const phone = await openPage(browser, {
      url: tickcast.url,
      viewport: { width: 360, height: 800 },
      hasTouch: true,
      isMobile: true,
    })
    await expect.poll(() => phone.page.locator('#hours tbody').textContent()).toMatch(/\d\s*…/)
    const sticking = await phone.page.evaluate(() =>
      [...document.querySelectorAll('main *, header *')]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
        .map((element) => element.outerHTML.slice(0, 80)),
    )
    expect(sticking).toEqual([])
    expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
    // The words above it are longer or shorter with the tape's state: the buttons stay under the thumb.
    const top = () => phone.page.locator('#tape-panel').evaluate((panel) => panel.getBoundingClientRect().top)
    const playing = await top()
    for (const [speed, words] of [
      ['max', 'as fast as possible, not the present'],
      ['3600', 'at 3600x, not the present'],
    ] as const) {
      await phone.page.getByLabel('Speed').selectOption(speed)
      await expect.poll(() => phone.page.locator('#provenance').textContent()).toContain(words)
      expect(await top()).toBe(playing)
    }
    expect(phone.complaints).toEqual([])
    await phone.page.context().close()
  })

  it('page - nothing was asked of any other host, and nothing complained of', () => {
    expect([...laptop.hosts]).toEqual([new URL(tickcast.url).host])
    expect(laptop.complaints).toEqual([])
  })

  it('page - a lost server is said, and the page comes back with it', async () => {
    const { port } = new URL(tickcast.url)
    await tickcast.stop()
    await shows('#link', 'Reconnecting')
    await shows('#provenance', 'as it stood when the connection was lost')
    tickcast = await startTickcast(['--port', port, '--lead-in', '2d', '--no-network'])
    await shows('#link', 'Connected')
    await shows('#readout-now .note', /Jan 2020/)
  })
})
