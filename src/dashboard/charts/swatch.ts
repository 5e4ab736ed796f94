import { LINE_STYLES, type LineName } from './line-style.ts'

const WIDTH_PX = 30
const HEIGHT_PX = 4
const SVG = 'http://www.w3.org/2000/svg'

/** A piece of a line of the chart of leads, as it is drawn there, for beside its name. */
export function swatch(name?: LineName): SVGElement {
  const made = document.createElementNS(SVG, 'svg')
  made.setAttribute('class', 'swatch')
  made.setAttribute('viewBox', `0 0 ${WIDTH_PX} ${HEIGHT_PX}`)
  made.setAttribute('aria-hidden', 'true')
  const line = document.createElementNS(SVG, 'line')
  line.setAttribute('x2', String(WIDTH_PX))
  for (const end of ['y1', 'y2']) line.setAttribute(end, String(HEIGHT_PX / 2))
  made.append(line)
  dressSwatch(made, name)
  return made
}

/** Makes it another line's; of none: its place is kept. */
export function dressSwatch(made: SVGElement, name: LineName | undefined): void {
  if (made.dataset['line'] === (name ?? 'none')) return
  made.dataset['line'] = name ?? 'none'
  const style = LINE_STYLES.find((each) => each.name === name)
  const line = made.firstElementChild
  line?.setAttribute('stroke-width', String(style?.widthPx ?? 0))
  line?.setAttribute('stroke-dasharray', style?.dash.join(' ') ?? '')
}
