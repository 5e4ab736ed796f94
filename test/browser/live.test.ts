import { readFileSync } from 'node:fs'
import { connect } from 'nats'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { stationClock } from '../../src/dashboard/format.ts'
import { formatInstant } from '../../src/domain/instant.ts'
import { chromiumRequirement, launchBrowser, openPage } from '../support/browser.ts'
import { temporaryFolder } from '../support/files.ts'
import { type NatsServer, natsServerAvailable, startNatsServer } from '../support/nats-server.ts'
import { startTickcast, type TickcastProcess } from '../support/tickcast-process.ts'
import { drawnUnderTheChart, drawnWidth, timesUnderTheChart } from './inspect.ts'

const TOKEN = 'a long secret/with+signs'
const files = temporaryFolder()

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
    await expect
      .poll(() => page.locator('#first-curl').textContent())
      .toContain(`${tickcast.url}/v1/stations/jena/ticks`)
    expect(await page.locator('#first-feed').textContent()).toBe(
      `npx tickcast feed --station jena --url ${tickcast.url} < ticks.ndjson`,
    )

    const eventTime = new Date(Math.floor(Date.now() / 600_000) * 600_000).toISOString()
    const posted = await fetch(`${tickcast.url}/v1/stations/jena/ticks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ event_time: eventTime, values: { 'T (degC)': 21.4 } }),
    })
    expect(posted.ok).toBe(true)
    await expect.poll(() => page.locator('#readout-now .value').textContent()).toBe('21.4')
    expect(await drawnUnderTheChart(page)).toBeGreaterThan(0)
    await expect.poll(() => page.locator('#first-steps').isVisible()).toBe(false)
    expect(await page.locator('#readout-next .note').textContent()).toMatch('90 % interval, untried')
    expect(await page.locator('#models-empty').textContent()).toMatch(/the first of 24 hours ahead \w{3} \d/)
    expect(await page.locator('#tape-panel').isVisible()).toBe(false)
    expect(await page.locator('#provenance').getAttribute('data-kind')).toBe('live')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('live page - four minutes of a new sensor have an axis that fits them, and it is said what comes when', async () => {
    const minute = await startTickcast([
      ...['--port', '0', '--live', '--no-network', '--no-keep'],
      ...['--station', await stationOf('minute', '1m')],
    ])
    onTestFinished(() => minute.stop())
    const { page } = await openPage(browser, { url: minute.url, viewport: { width: 360, height: 800 } })
    await shows(page, '#hours-issued', 'No forecast yet. The first comes with the first ')
    const newest = Math.floor(Date.now() / 60_000) * 60_000
    for (let ago = 4; ago >= 0; ago--) {
      const posted = await fetch(`${minute.url}/v1/stations/minute/ticks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          event_time: new Date(newest - ago * 60_000).toISOString(),
          values: { air: 20 + ago / 2 },
        }),
      })
      expect(posted.status).toBe(202)
    }
    await expect.poll(() => page.locator('#chart').getAttribute('data-now')).toBe(formatInstant(newest))
    // As wide as they are: what was observed takes the left half, and is not a speck beside the next day.
    await expect.poll(() => drawnWidth(page, '--observed')).toBeGreaterThan(60)
    const minutes = [4, 3, 2, 1, 0].map((ago) => stationClock(0).time(newest - ago * 60_000))
    const times = await timesUnderTheChart(page)
    // The next day may have a full hour of the same name.
    const once = times.filter((time) => !time.endsWith(':00'))
    expect(new Set(once).size).toBe(once.length)
    expect(new Set(times.filter((time) => minutes.includes(time))).size).toBeGreaterThanOrEqual(2)
    const issued = newest - 4 * 60_000
    const words = (at: number) => stationClock(0).stamp(at)
    await shows(page, '#models-empty', `an hour ahead ${words(issued + 3_600_000)}`)
    await shows(page, '#models-empty', `24 hours ahead ${words(issued + 86_400_000)}`)
    // 48 samples an hour apart, the first of them a day after its forecast; then the next midnight, and 16 hours.
    const day = 86_400_000
    const due = Math.ceil((issued + day + 47 * 3_600_000) / day) * day + 16 * 3_600_000
    await shows(page, '#training', `mlp ${stationClock(0).day(due)} 16:00`)
    await page.context().close()
  })

  it("live page - the README's own tick shows up, and is still there after a reload", async () => {
    const { page } = await openPage(browser, {
      url: `${tickcast.url}/#token=${encodeURIComponent(TOKEN)}`,
    })
    const posted = await postReadmeTick(tickcast.url)
    expect(posted.status).toBe(202)
    await expect.poll(() => page.locator('#readout-now .value').textContent()).toBe('3.1')
    await page.reload()
    await expect.poll(() => page.locator('#readout-now .value').textContent()).toBe('3.1')
    await page.context().close()
  })

  it('live page - it says who is asked for forecasts, when last, and what goes wrong', async () => {
    const asks = await stationOf(
      'asks',
      '1h',
      '{ issuer: nas, json: { url: "http://127.0.0.1:9/f", valid_at: t, mean: v } }',
    )
    const flags = ['--live', '--port', '0', '--no-network', '--no-keep', '--station', asks]
    const asking = await startTickcast(flags)
    onTestFinished(() => asking.stop())
    expect((await postAir(asking.url, 'asks')).status).toBe(202)
    const { page } = await openPage(browser, { url: asking.url, viewport: { width: 360, height: 800 } })
    await shows(
      page,
      '#asked',
      /^Asked for forecasts: nas \(127\.0\.0\.1:9 for v\) last at \d\d:\d\d, in vain\b/,
    )
    expect(await page.locator('#asked').isVisible()).toBe(true)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
    await page.context().close()
  })

  it('live page - it leads to why the forecast is what it is, and to who was better, unless a token is in the way', async () => {
    const open = await startTickcast([
      ...['--live', '--port', '0', '--no-network', '--station', await stationOf('open', '1h')],
    ])
    onTestFinished(() => open.stop())
    expect((await postAir(open.url, 'open')).status).toBe(202)
    const { page } = await openPage(browser, { url: open.url })
    await page.getByRole('link', { name: 'Who is better, and is it luck?' }).click()
    await expect.poll(() => page.locator('h1').textContent()).toBe('This cannot be shown')
    expect(await page.locator('header').textContent()).toMatch(/no forecast of 'open' .* has its truth yet/)
    await page.goBack()
    await page.getByRole('link', { name: 'Why this forecast?' }).click()
    await expect.poll(() => page.locator('h1').textContent()).toBe('Why this forecast')
    expect(await page.locator('header').textContent()).toContain('For +24 h it said 21.40 degC')
    await page.context().close()

    const { page: guarded } = await openPage(browser, {
      url: `${tickcast.url}/#token=${encodeURIComponent(TOKEN)}`,
    })
    await expect.poll(() => guarded.locator('#provenance').textContent()).toMatch(/Live/)
    expect(await guarded.locator('#why').isVisible()).toBe(false)
    expect(await guarded.locator('#arena').isVisible()).toBe(false)
    await guarded.context().close()
  })

  it('live page - without the token the page says what it lacks', async () => {
    const { page } = await openPage(browser, { url: tickcast.url })
    await expect.poll(() => page.locator('#link').textContent()).toMatch('the token is missing or wrong')
    await page.getByLabel('Token').fill(TOKEN)
    await page.getByRole('button', { name: 'Open' }).click()
    await expect.poll(() => page.locator('#provenance').textContent()).toMatch(/Live/)
    expect(await page.locator('#token-form').isVisible()).toBe(false)
    await page.context().close()
  })

  it('live page - a sensor that was heard of last half a day ago is not shown as one that is well', async () => {
    const old = await startTickcast([
      '--port',
      '0',
      '--live',
      '--no-network',
      '--station',
      await stationOf('old', '10m'),
    ])
    onTestFinished(() => old.stop())
    const eventTime = new Date(Math.floor(Date.now() / 600_000 - 72) * 600_000).toISOString()
    const posted = await fetch(`${old.url}/v1/stations/old/ticks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ event_time: eventTime, values: { air: 21.4 } }),
    })
    expect(posted.status).toBe(202)
    const { page } = await openPage(browser, { url: `${old.url}/?lead=6&window=7d` })
    await expect.poll(() => page.locator('#link').textContent()).toMatch('The newest reading is 12 h old')
    expect(await page.locator('#provenance').textContent()).toMatch('Live, but silent')
    expect(await page.locator('#provenance').getAttribute('data-kind')).toBe('unknown')
    await expect.poll(() => page.locator('#readout-now h2').textContent()).toBe('Last, air')
    // Lead and window are those of the address, and stay in it.
    expect(await page.locator('#readout-error h2').textContent()).toMatch('+6 h, last 7 days')
    await page.locator('#lead-switch label', { hasText: '+3 h' }).click()
    await expect.poll(() => page.url()).toMatch('?lead=3&window=7d')
    await page.reload()
    await expect.poll(() => page.locator('#readout-error h2').textContent()).toMatch('+3 h, last 7 days')
    await page.context().close()
  })
})

const stationOf = (id: string, cadence: string, issuer?: string) =>
  files.write(
    `${id}.yaml`,
    `id: ${id}
title: ${id}
time: { column: time, format: iso, utc_offset: "+00:00" }
cadence: ${cadence}
target: air
channels: [{ name: air, column: air, unit: degC, min: -50, max: 60 }]
${issuer === undefined ? '' : `outside: [${issuer}]\n`}`,
  )

const shows = (page: Page, selector: string, words: string | RegExp) =>
  expect.poll(() => page.locator(selector).textContent(), { timeout: 30_000 }).toMatch(words)

/** Sends the tick that the README shows, to the station it names unless to another. */
async function postReadmeTick(url: string, station?: string): Promise<Response> {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const [, named, body] = /^curl .*\/v1\/stations\/(\S+)\/ticks \\\n +-d '([^']+)'/m.exec(readme) ?? []
  if (named === undefined) throw new Error('the README shows no tick any more')
  return fetch(`${url}/v1/stations/${station ?? named}/ticks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: body!,
  })
}

chromiumRequirement.describe('page of a station under replay', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  it('live page - a tick for a station under replay is turned away, and the page goes on, after a reload too', async () => {
    const tickcast = await startTickcast(['--port', '0', '--lead-in', '2d', '--no-network'])
    onTestFinished(() => tickcast.stop())
    const { page } = await openPage(browser, { url: tickcast.url })
    await shows(page, '#readout-now .note', /Jan 2020/)
    const posted = await postReadmeTick(tickcast.url, 'simulated')
    expect(posted.status).toBe(409)
    expect(await posted.json()).toMatchObject({
      detail: expect.stringContaining('tickcast start --live'),
    })
    for (const look of ['first', 'reloaded']) {
      if (look === 'reloaded') await page.reload()
      await shows(page, '#readout-now .note', /Jan 2020/)
      await shows(page, '#provenance', /Simulated station[\s\S]* at 3600x/)
    }
    await page.context().close()
  })

  it.skipIf(!natsServerAvailable())(
    'live page - a tick that stops a tape by way of NATS is what the page shows, after a reload too',
    async () => {
      const nats: NatsServer = await startNatsServer()
      onTestFinished(() => nats.remove())
      const tickcast = await startTickcast([
        ...['--port', '0', '--lead-in', '2d', '--no-network', '--nats', nats.url],
      ])
      onTestFinished(() => tickcast.stop())
      const { page } = await openPage(browser, { url: tickcast.url })
      await shows(page, '#readout-next .note', '90 % interval')
      const client = await connect({ servers: nats.url })
      onTestFinished(() => client.close())
      client.publish(
        'tickcast.v1.simulated.tick',
        JSON.stringify({ event_time: '2026-11-23T12:00:00Z', values: { 'T (degC)': 3.1 } }),
      )
      for (const look of ['first', 'reloaded']) {
        if (look === 'reloaded') await page.reload()
        await shows(page, '#readout-now .value', /^3\.1$/)
        await shows(page, '#readout-now .note', /23 Nov 2026/)
        await shows(page, '#provenance', 'live ticks arrived')
        await shows(page, '#readout-next .note', '90 % interval')
      }
      await page.context().close()
    },
  )
})

/** Measured now. */
function postAir(url: string, station: string): Promise<Response> {
  return fetch(`${url}/v1/stations/${station}/ticks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ values: { air: 21.4 } }),
  })
}
