import { readFileSync } from 'node:fs'
import { connect } from 'nats'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { chromiumRequirement, launchBrowser, openPage } from '../support/browser.ts'
import { type NatsServer, natsServerAvailable, startNatsServer } from '../support/nats-server.ts'
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
    expect(await page.locator('#tape-panel').isVisible()).toBe(false)
    expect(await page.locator('#provenance').getAttribute('data-kind')).toBe('live')
    expect(complaints).toEqual([])
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

  it('live page - without the token the page says what it lacks', async () => {
    const { page } = await openPage(browser, { url: tickcast.url })
    await expect.poll(() => page.locator('#link').textContent()).toMatch('the token is missing or wrong')
    await page.context().close()
  })
})

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
      await shows(page, '#readout-next .note', '90 % sure')
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
        await shows(page, '#readout-next .note', '90 % sure')
      }
      await page.context().close()
    },
  )
})
