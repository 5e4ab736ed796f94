import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { requirement } from './requirement.ts'
import { WAIT_LIMIT_MS } from './until.ts'

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executable = process.env['TICKCAST_CHROMIUM'] ?? PATHS.find((path) => existsSync(path))

/** A real browser, from the system's packages: none is downloaded. */
export const chromiumRequirement = requirement({
  name: 'chromium',
  found: executable !== undefined && existsSync(executable),
  install: 'apt-get install chromium (or set TICKCAST_CHROMIUM to its path)',
})

export function launchBrowser(): Promise<Browser> {
  if (executable === undefined) throw new Error('no chromium: chromiumRequirement guards what needs one')
  return chromium.launch({
    executablePath: executable,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A page that keeps what went wrong on it. */
export interface WatchedPage {
  readonly page: Page
  /** Errors and warnings of the console, breaches of the content security policy among them, and uncaught errors. */
  readonly complaints: string[]
  /** Hosts that were asked for anything. */
  readonly hosts: Set<string>
}

export async function openPage(
  browser: Browser,
  { url, ...options }: BrowserContextOptions & { readonly url: string },
): Promise<WatchedPage> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(WAIT_LIMIT_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  const hosts = new Set<string>()
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  page.on('websocket', (socket) => hosts.add(new URL(socket.url()).host))
  await page.goto(url)
  return { page, complaints, hosts }
}
