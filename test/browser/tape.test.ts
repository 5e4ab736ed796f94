import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import type { TapeCommand, TapeMessage } from '../../src/protocol/tape.ts'
import { chromiumRequirement, launchBrowser, openPage, type WatchedPage } from '../support/browser.ts'
import { startTickcast, type TickcastProcess } from '../support/tickcast-process.ts'
import { until } from '../support/until.ts'
import { contrastsBelow } from './inspect.ts'

const FLAGS = ['--port', '0', '--no-network', '--lead-in', '4d', '--speed', '60']

const shows = (page: Page, selector: string, words: string | RegExp) =>
  expect.poll(() => page.locator(selector).innerText()).toMatch(words)

async function operated(url: string, command: TapeCommand): Promise<TapeMessage> {
  const reply = await fetch(`${url}/v1/stations/simulated/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(command),
  })
  expect(reply.status).toBe(200)
  return await reply.json()
}

/** Paused about where what is played at once ends: a row later is ten seconds later. */
async function pausedAtLeadInsEnd({ url }: TickcastProcess): Promise<TapeMessage> {
  const behind = '2020-01-04T22:00:00Z'
  await until(
    'the lead-in is played',
    async () => ((await operated(url, { state: true })).position ?? '') >= behind,
  )
  return operated(url, { pause: true })
}

/** The tests run in order and share one process: each leaves the tape as the next one finds it. */
chromiumRequirement.describe('page of a tape that is not kept', () => {
  let tickcast: TickcastProcess
  let browser: Browser
  let phone: WatchedPage
  let page: Page
  const dialog = () => page.getByRole('alertdialog')
  const standing = () => operated(tickcast.url, { state: true })
  const focused = () => page.evaluate(() => document.activeElement?.id)

  beforeAll(async () => {
    ;[tickcast, browser] = await Promise.all([startTickcast([...FLAGS, '--no-keep']), launchBrowser()])
    await pausedAtLeadInsEnd(tickcast)
    phone = await openPage(browser, { url: tickcast.url, viewport: { width: 320, height: 640 } })
    page = phone.page
  })
  afterAll(async () => {
    await browser?.close()
    await tickcast?.stop()
  })

  it('tape page - a seek back is asked about first: what is forgotten, with Cancel under the finger', async () => {
    await shows(page, '#tape-note', 'paused')
    const before = await standing()
    await page.locator('body').press('Shift+ArrowLeft')
    await expect.poll(() => dialog().isVisible()).toBe(true)
    const name = page.getByRole('alertdialog', { name: 'Forget what was learnt?' })
    expect(await name.innerText()).toMatch(
      /This tape is not kept\. Going back to \w{3} \d Jan 2020 \d\d:\d\d forgets everything learnt/,
    )
    expect(await focused()).toBe('question-no')
    expect(await standing()).toEqual(before)
  })

  it('tape page - the question fits a width of 320 px, and is read easily', async () => {
    for (const id of ['question', 'question-text', 'question-no', 'question-yes']) {
      const box = await page.locator(`#${id}`).boundingBox()
      expect(box!.x).toBeGreaterThanOrEqual(0)
      expect(box!.x + box!.width).toBeLessThanOrEqual(320)
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await contrastsBelow(page, 4.5)).toEqual([])
    }
  })

  it('tape page - Escape, Cancel and Enter on it leave all as it is; keys of the tape are not heard meanwhile', async () => {
    const before = await standing()
    await page.keyboard.press('?')
    expect(await page.locator('#help').isVisible()).toBe(false)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Escape')
    await expect.poll(() => dialog().isVisible()).toBe(false)
    for (const answer of ['Enter', ' ']) {
      await page.locator('#scrubber').focus()
      await page.locator('#scrubber').press('ArrowLeft')
      await expect.poll(() => dialog().isVisible()).toBe(true)
      await page.keyboard.press(answer)
      await expect.poll(() => dialog().isVisible()).toBe(false)
      await expect.poll(focused).toBe('scrubber')
    }
    expect(await standing()).toEqual(before)
  })

  it('tape page - on yes it goes there, with models that have learnt nothing', async () => {
    await page.getByLabel('Go to').fill('2020-01-02')
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await expect.poll(() => dialog().isVisible()).toBe(true)
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('question-yes')
    await page.keyboard.press('Enter')
    await shows(page, '#position', 'Thu 2 Jan 2020 00:00')
    await shows(page, '#tape-note', /^0 rows/)
    expect(await dialog().isVisible()).toBe(false)
    expect(await standing()).toMatchObject({ rows: 0, position: '2020-01-02T00:00:00Z', remembers: false })
  })

  it('tape page - ahead it goes without a question, and at the end playing on is asked about', async () => {
    await operated(tickcast.url, { step: 144 })
    await operated(tickcast.url, { seek: '2029-12-31T23:50:00Z', resume: true })
    await expect.poll(() => page.getByRole('button', { name: 'Play from the start' }).isVisible()).toBe(true)
    expect(await page.locator('#play').getAttribute('title')).toContain('forgets everything learnt')
    await page.locator('#play').click()
    await page.getByRole('button', { name: 'Forget and play from there' }).click()
    await shows(page, '#position', /^Wed 1 Jan 2020/)
    await expect.poll(standing).toMatchObject({ ended: false, paused: false })
    expect(phone.complaints).toEqual([])
  })
})

chromiumRequirement.describe('page of a tape that is kept', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  it('tape page - back it is lived again without a question, into what was passed over only after one', async () => {
    const tickcast = await startTickcast(FLAGS)
    onTestFinished(() => tickcast.stop())
    const before = await pausedAtLeadInsEnd(tickcast)
    const { page, complaints } = await openPage(browser, { url: tickcast.url })
    await shows(page, '#tape-note', 'paused')
    await page.evaluate(() => {
      document.body.dataset['notes'] = ''
      new MutationObserver(() => {
        const said = ['#tape-note', '#position'].map((part) => document.querySelector(part)?.textContent)
        document.body.dataset['notes'] += `${said.join('|')}\n`
      }).observe(document.querySelector('main')!, { subtree: true, childList: true, characterData: true })
    })
    await page.getByLabel('Go to').fill('2020-01-03')
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await shows(page, '#tape-note', /^28\d rows played · paused/)
    await shows(page, '#position', 'Fri 3 Jan 2020 00:00')
    expect(await page.getByRole('alertdialog').isVisible()).toBe(false)
    const said = (await page.evaluate(() => document.body.dataset['notes'] ?? '')).split('\n')
    const onTheWay = said.filter((line) => line.startsWith('on its way to 3 Jan 2020, then paused'))
    expect(onTheWay.length).toBeGreaterThan(0)
    expect(onTheWay.filter((line) => line.endsWith('|Fri 3 Jan 2020 00:00'))).toEqual([])
    const back = await operated(tickcast.url, { state: true })
    expect(back.session > before.session).toBe(true)

    await page.getByLabel('Go to').fill('2021-01-01')
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await shows(page, '#position', 'Fri 1 Jan 2021 00:00')
    await operated(tickcast.url, { step: 3 })
    await page.getByLabel('Go to').fill('2020-07-01')
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    const dialog = page.getByRole('alertdialog')
    await expect
      .poll(() => dialog.innerText())
      .toContain('Wed 1 Jul 2020 00:00 was passed over, and times after it were lived.')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await shows(page, '#position', 'Fri 1 Jan 2021 00:20')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('tape page - to begin anew is asked about, and forgets all only on yes; what is played ends before --until', async () => {
    const tickcast = await startTickcast([...FLAGS, '--until', '2020-02-01'])
    onTestFinished(() => tickcast.stop())
    const before = await pausedAtLeadInsEnd(tickcast)
    const { page } = await openPage(browser, { url: tickcast.url })
    await shows(page, '#tape-last', '31 Jan 2020')
    expect(await page.locator('#scrubber').getAttribute('max')).toBe(String(Date.UTC(2020, 1, 1) - 1000))
    const anew = page.getByRole('button', { name: 'Begin anew …' })
    await anew.click()
    await shows(page, '#question-text', /All that was lived of this tape.*This cannot be undone\./)
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByRole('alertdialog').isVisible()).toBe(false)
    expect((await operated(tickcast.url, { state: true })).session).toBe(before.session)
    await anew.click()
    await page.getByRole('button', { name: 'Forget and begin anew' }).click()
    await shows(page, '#tape-note', /^0 rows/)
    const after = await operated(tickcast.url, { state: true })
    expect(after).toMatchObject({ rows: 0, position: '2020-01-01T00:00:00Z', paused: true })
    await page.context().close()
  })
})
