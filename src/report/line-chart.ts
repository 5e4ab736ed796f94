import { type ScaleLinear, type ScaleTime, scaleLinear, scaleUtc } from 'd3-scale'
import { line, symbol } from 'd3-shape'
import { escaped } from './html.ts'
import { lineLook, markerOf } from './line-looks.ts'

/** A line of a chart; a gap where y is null. */
export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number | null])[]
  /** The n-th of those that have to be told apart (`lineLook`), or one of the two that stand out. */
  readonly look: number | 'published' | 'reference'
}

export interface LineChart {
  /** What a reader who sees no picture is told. */
  readonly title: string
  readonly x: { readonly label: string; readonly kind: 'number' | 'time'; readonly ticks?: readonly number[] }
  readonly y: {
    readonly label: string
    readonly from?: number
    readonly to?: number
    readonly percent?: boolean
  }
  readonly series: readonly Series[]
  /** Target levels, drawn as horizontal lines. */
  readonly rules?: readonly number[]
}

const WIDTH = 720
const HEIGHT = 380
/** Room for the axes also where a narrow screen makes the letters large beside the lines. */
const MARGIN = { top: 16, right: 20, bottom: 64, left: 76 } as const

/** Square units of the drawing, and how many a line has about: enough to follow it by, too few to hide the others. */
const MARKER_SIZE = 64
const MARKERS_ALONG = 6

/**
 * A chart as SVG with its legend, whose names stand in the order in which the lines end, from the top: no script, no
 * font, no colour of its own.
 */
export function lineChart(chart: LineChart): string {
  const { title, series, rules = [] } = chart
  const x = xScale(chart)
  const y = yScale(chart)
  const path = line<readonly [number, number | null]>()
    .defined(([, value]) => value !== null)
    .x(([at]) => short(x(at)))
    .y(([, value]) => short(y(value ?? 0)))
  const right = WIDTH - MARGIN.right
  const across = rules.map((level) => {
    const at = short(y(level))
    return `<line class="rule" x1="${MARGIN.left}" x2="${right}" y1="${at}" y2="${at}"/>`
  })
  const lines = series.map(
    ({ look, points }) => `<path class="line ${lineClass(look)}" d="${path([...points]) ?? ''}"/>`,
  )
  const markers = series.flatMap(({ look, points }) =>
    marked(look, points).map(([at, value]) => marker(look, { x: x(at), y: y(value) })),
  )
  return `<figure>
<figcaption>${escaped(title)}</figcaption>
<div class="plot">
<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">
${axes(chart, { x, y })}
${across.join('\n')}
${lines.join('\n')}
${markers.join('\n')}
</svg>
${legend(series)}</div>
</figure>`
}

/** Its classes in `style.ts`. */
function lineClass(look: Series['look']): string {
  if (typeof look === 'string') return look
  const { colour, dash } = lineLook(look)
  return `c${colour} d${dash}`
}

/** Which points bear the line's marker: those of neighbouring lines at different places. */
function marked(look: Series['look'], points: Series['points']): (readonly [number, number])[] {
  if (typeof look === 'string') return []
  const known = points.flatMap(([at, value]) => (value === null ? [] : [[at, value] as const]))
  const every = Math.ceil(known.length / MARKERS_ALONG)
  return known.filter((_, index) => index % every === look % every)
}

function marker(look: Series['look'], { x, y }: { readonly x: number; readonly y: number }): string {
  if (typeof look === 'string') return ''
  const shape = lineLook(look)
  const d = symbol(markerOf(shape), MARKER_SIZE).digits(1)()
  return `<path class="marker c${shape.colour}" transform="translate(${short(x)} ${short(y)})" d="${d}"/>`
}

type XScale = ScaleLinear<number, number> | ScaleTime<number, number>

function xScale({ x, series }: LineChart): XScale {
  const all = series.flatMap(({ points }) => points.map(([at]) => at))
  const range = [MARGIN.left, WIDTH - MARGIN.right]
  return x.kind === 'time'
    ? scaleUtc().domain(extent(all)).range(range)
    : scaleLinear().domain(extent(all)).range(range)
}

function yScale({ y, series, rules = [] }: LineChart): ScaleLinear<number, number> {
  const all = series
    .flatMap(({ points }) => points.map(([, value]) => value))
    .filter((value) => value !== null)
  const [low, high] = extent([...all, ...rules])
  return scaleLinear()
    .domain([y.from ?? low, y.to ?? high])
    .nice(6)
    .range([HEIGHT - MARGIN.bottom, MARGIN.top])
}

function axes(
  { x, y }: LineChart,
  scales: { readonly x: XScale; readonly y: ScaleLinear<number, number> },
): string {
  const bottom = HEIGHT - MARGIN.bottom
  const right = WIDTH - MARGIN.right
  const format = scales.y.tickFormat(6, y.percent ? '.0%' : undefined)
  const horizontal = scales.y.ticks(6).map((value) => {
    const at = short(scales.y(value))
    return `<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${at}" y2="${at}"/><text class="y" x="${MARGIN.left - 10}" y="${at}">${escaped(format(value))}</text>`
  })
  const vertical = xTicks(scales.x, x.ticks).map(
    ({ at, text }) => `<text class="x" x="${short(at)}" y="${bottom + 12}">${escaped(text)}</text>`,
  )
  return [
    ...horizontal,
    ...vertical,
    `<line class="axis" x1="${MARGIN.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`,
    `<text class="label" x="${(MARGIN.left + right) / 2}" y="${HEIGHT - 8}">${escaped(x.label)}</text>`,
    `<text class="label" transform="translate(16 ${(MARGIN.top + bottom) / 2}) rotate(-90)">${escaped(y.label)}</text>`,
  ].join('\n')
}

function xTicks(scale: XScale, wanted: readonly number[] | undefined): { at: number; text: string }[] {
  if (wanted) return wanted.map((value) => ({ at: scale(value), text: String(value) }))
  const format = scale.tickFormat(8) as (value: number | Date) => string
  return scale.ticks(8).map((value) => ({ at: scale(value), text: format(value) }))
}

function legend(series: readonly Series[]): string {
  if (series.length < 2) return ''
  const items = [...series]
    .sort((a, b) => endOf(b) - endOf(a))
    .map(
      ({ name, look }) =>
        `<li><svg viewBox="0 0 44 12" aria-hidden="true"><path class="line ${lineClass(look)}" d="M0 6H44"/>${marker(look, { x: 22, y: 6 })}</svg>${escaped(name)}</li>`,
    )
  return `<ul class="legend" aria-label="The lines from the top, as they end">${items.join('')}</ul>`
}

/** The last value that is known; below all others where none is. */
function endOf({ points }: Series): number {
  return points.findLast(([, value]) => value !== null)?.[1] ?? -Number.MAX_VALUE
}

/** The least and the greatest; 0 to 1 where there is nothing. */
function extent(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1]
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )
}

/** A tenth of a unit of the drawing is finer than a pixel. */
function short(value: number): number {
  return Math.round(value * 10) / 10
}
