import type { Page } from 'playwright-core'

/** Pixels of one of the style sheet's colours in the right fifth of the big chart, where only a forecast can be. */
export function drawnRightOfNow(page: Page, property: string): Promise<number> {
  return page.evaluate((name) => {
    const canvas = document.querySelector<HTMLCanvasElement>('#chart canvas')
    const width = Math.floor((canvas?.width ?? 0) * 0.2)
    const copy = new OffscreenCanvas(width + 1, canvas?.height ?? 1)
    const context = copy.getContext('2d', { willReadFrequently: true })
    if (!canvas || !context || width === 0) return 0
    context.drawImage(canvas, width - canvas.width, 0)
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim()
    context.fillRect(width, 0, 1, 1)
    const [red, green, blue] = context.getImageData(width, 0, 1, 1).data
    const { data } = context.getImageData(0, 0, width, copy.height)
    let found = 0
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) found++
    }
    return found
  }, property)
}

/** Pixels drawn in the strip under the big chart, where the times stand. */
export function drawnUnderTheChart(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('#chart canvas')
    const strip = 20 * devicePixelRatio
    const copy = new OffscreenCanvas(canvas?.width ?? 1, strip)
    const context = copy.getContext('2d', { willReadFrequently: true })
    if (!canvas || !context) return Number.NaN
    context.drawImage(canvas, 0, strip - canvas.height)
    const { data } = context.getImageData(0, 0, copy.width, strip)
    return data.filter((byte, at) => at % 4 === 3 && byte > 0).length
  })
}

/** The times that stand under the big chart, from left to right, as they are drawn next. */
export function timesUnderTheChart(page: Page): Promise<string[]> {
  return page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const canvas = document.querySelector<HTMLCanvasElement>('#chart canvas')
        const context = canvas?.getContext('2d')
        if (!canvas || !context) throw new Error('there is no chart')
        const texts: { readonly text: string; readonly x: number; readonly y: number }[] = []
        const { fillText } = context
        context.fillText = (text, x, y) => {
          texts.push({ text, x, y })
          fillText.call(context, text, x, y)
        }
        const look = () => {
          const lowest = Math.max(...texts.map(({ y }) => y))
          const times = texts.filter(({ y }) => y === lowest).sort((a, b) => a.x - b.x)
          if (times.length === 0) return requestAnimationFrame(look)
          context.fillText = fillText
          return resolve(
            [...new Set(times.map(({ text, x }) => `${Math.round(x)} ${text}`))].map((each) =>
              each.replace(/^\d+ /, ''),
            ),
          )
        }
        requestAnimationFrame(look)
      }),
  )
}

/** Over how many CSS pixels from left to right one of the style sheet's colours is drawn in the big chart. */
export function drawnWidth(page: Page, property: string): Promise<number> {
  return page.evaluate((name) => {
    const canvas = document.querySelector<HTMLCanvasElement>('#chart canvas')
    const copy = new OffscreenCanvas((canvas?.width ?? 0) + 1, canvas?.height ?? 1)
    const context = copy.getContext('2d', { willReadFrequently: true })
    if (!canvas || !context) return 0
    context.drawImage(canvas, 0, 0)
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim()
    context.fillRect(canvas.width, 0, 1, 1)
    const [red, green, blue] = context.getImageData(canvas.width, 0, 1, 1).data
    const { data } = context.getImageData(0, 0, canvas.width, copy.height)
    const columns = new Set<number>()
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === red && data[at + 1] === green && data[at + 2] === blue)
        columns.add((at / 4) % canvas.width)
    }
    return columns.size === 0 ? 0 : (Math.max(...columns) - Math.min(...columns)) / devicePixelRatio
  }, property)
}

/** Texts whose contrast with what is behind them is below the ratio, as `text: ratio`. */
export function contrastsBelow(page: Page, ratio: number): Promise<string[]> {
  return page.evaluate((least) => {
    const rgba = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number)
    const luminance = (colour: number[]): number => {
      const [red = 0, green = 0, blue = 0] = colour.slice(0, 3).map((byte) => {
        const share = byte / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
    const behind = (element: Element): number[] => {
      for (let at: Element | null = element; at; at = at.parentElement) {
        const colour = rgba(getComputedStyle(at).backgroundColor)
        if (colour.length === 3 || colour[3] === 1) return colour
      }
      return [255, 255, 255]
    }
    const failing: string[] = []
    for (const element of document.querySelectorAll('body *')) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim())
      if (!own || element.getClientRects().length === 0 || element.closest('svg, noscript, option')) continue
      const [a, b] = [luminance(rgba(getComputedStyle(element).color)), luminance(behind(element))]
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
      if (contrast < least)
        failing.push(`${element.textContent?.trim().slice(0, 40)}: ${contrast.toFixed(2)}`)
    }
    return failing
  }, ratio)
}

/** Where figures stand right-aligned, a figure that gains a digit is counted as a shift of that cell. */
const NOTICEABLE = 0.001

/** The page keeps account of everything on it that jumps: from here on, or with `buffered` from its beginning. */
export function watchLayoutShifts(page: Page, { buffered = false } = {}): Promise<void> {
  return page.evaluate((sinceTheBeginning) => {
    document.body.dataset['shifts'] = '[]'
    const named = (node: unknown): string => {
      const element = node instanceof Element ? node : node instanceof Node ? node.parentElement : null
      return element?.closest('[id]')?.id ?? String(node)
    }
    const place = ({ x, y, width, height }: DOMRect): string => `${width}x${height} at ${x},${y}`
    new PerformanceObserver((list) => {
      const shifts: string[] = JSON.parse(document.body.dataset['shifts'] ?? '[]')
      for (const entry of list.getEntries()) {
        const sources: { node: unknown; previousRect: DOMRect; currentRect: DOMRect }[] = Reflect.get(
          entry,
          'sources',
        )
        const moves = sources.map(
          ({ node, previousRect, currentRect }) =>
            `#${named(node)} from ${place(previousRect)} to ${place(currentRect)}`,
        )
        shifts.push(`${Number(Reflect.get(entry, 'value')).toFixed(6)}: ${moves.join('; ')}`)
      }
      document.body.dataset['shifts'] = JSON.stringify(shifts)
    }).observe({ type: 'layout-shift', buffered: sinceTheBeginning })
  }, buffered)
}

/** What has jumped since, with how far: `0.0198: #models from 400x200 at 0,0 to 400x240 at 0,0`. */
export async function layoutShifts(page: Page): Promise<string[]> {
  return (await allShifts(page)).filter((shift) => Number.parseFloat(shift) >= NOTICEABLE)
}

/** All of it in one number, the slightest included; and what made most of it. */
export async function layoutShift(page: Page): Promise<{ readonly sum: number; readonly worst: string }> {
  const shifts = await allShifts(page)
  const [worst = 'none'] = shifts.toSorted((a, b) => Number.parseFloat(b) - Number.parseFloat(a))
  return { sum: shifts.reduce((sum, shift) => sum + Number.parseFloat(shift), 0), worst }
}

async function allShifts(page: Page): Promise<string[]> {
  return JSON.parse(await page.evaluate(() => document.body.dataset['shifts'] ?? '[]'))
}

/**
 * Texts that do not fit the box they stand in, or that stick out of the page; words of a line that ends in an ellipsis
 * excepted, not figures, nor the names of models.
 */
export function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const cut: string[] = []
    const range = document.createRange()
    for (const element of document.querySelectorAll<HTMLElement>('header *, main *, #provenance *')) {
      const own = [...element.childNodes].filter((node) => node.nodeType === 3 && node.textContent?.trim())
      if (own.length === 0 || element.closest('svg, option, select, .visually-hidden, dialog')) continue
      if (element.getClientRects().length === 0 || getComputedStyle(element).visibility === 'hidden') continue
      range.selectNodeContents(element)
      const text = range.getBoundingClientRect()
      const tooWide = (box: Element): boolean =>
        text.right > box.getBoundingClientRect().right + 1 || text.left < box.getBoundingClientRect().left - 1
      const clips = (box: Element): boolean => getComputedStyle(box).overflowX !== 'visible'
      const hides = (box: Element): boolean => ['hidden', 'clip'].includes(getComputedStyle(box).overflowY)
      const tooTall = (box: Element): boolean =>
        text.bottom > box.getBoundingClientRect().bottom + 1 || text.top < box.getBoundingClientRect().top - 1
      let clipped = false
      let hidden = false
      for (let box: Element | null = element; box && box !== document.body; box = box.parentElement) {
        if (clips(box) && tooWide(box)) clipped = true
        if (hides(box) && tooTall(box)) hidden = true
      }
      const hasFigure = /\d/.test(element.textContent ?? '')
      const isName = element.closest('#station-name, #station-choice, #rejections') !== null
      const outside = !isName && (text.right > innerWidth + 0.5 || text.left < -0.5)
      const frames = [element.closest('td, th'), element.closest('.panel, .big, .tape-panel')]
      const overFrame = frames.some((frame) => frame !== null && tooWide(frame))
      const isModel = element.closest('#models') !== null
      if (outside || hidden || (overFrame && !clipped) || (clipped && (hasFigure || isModel) && !isName))
        cut.push(`${element.closest('[id]')?.id}: ${element.textContent?.trim().slice(0, 60)}`)
    }
    return cut
  })
}

/** Until what the last change brings about is on the screen, charts included: they follow a frame behind their boxes. */
export function painted(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise<void>((resolve) =>
        requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
      ),
  )
}
