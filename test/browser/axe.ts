import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** What of a page breaks a rule of axe, of WCAG 2.2 A and AA and of good practice, as `rule: element`. */
export async function violations(page: Page): Promise<string[]> {
  // Nothing is looked at before it is shown.
  await page.locator('main[data-waiting]').waitFor({ state: 'detached' })
  // Evaluated by the browser itself, once a page: its policy lets no script in.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe: checker }: { axe?: typeof import('axe-core') } = Object(window)
    const results = await checker?.run(document)
    return (results?.violations ?? []).flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
    )
  })
}

/** In both themes. */
export async function violationsInLightAndDark(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    found.push(...(await violations(page)).map((each) => `${colorScheme} ${each}`))
  }
  return found
}
