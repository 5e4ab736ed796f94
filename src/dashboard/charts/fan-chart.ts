import uPlot from 'uplot'
import { DAY, HOUR, type Instant, SECOND, type Span } from '../../domain/instant.ts'
import { setHidden, setText } from '../dom.ts'
import { currentRun, dayBefore } from '../forecast-runs.ts'
import { type StationClock, stationClock } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { chartNow, type ViewState } from '../view-state.ts'
import { FAN_COLUMNS, type FanColumn, type FanData, fanData } from './fan-data.ts'
import { fanReadout } from './fan-readout.ts'
import { onThemeChange, type Palette, readPalette } from './palette.ts'
import { type Range, steadyRange } from './steady-range.ts'
import { midnights, timeLabel, timeSplits } from './time-axis.ts'

export interface FanChartParts {
  /** Holds the canvas and gives it its size. */
  readonly host: HTMLElement
  /** Shows a text on why there is nothing to draw yet. */
  readonly empty: HTMLElement
  /** One line for what lies under the pointer. */
  readonly readout: HTMLElement
}

const LABEL_SPACE_PX = 58
const NO_DATA: FanData = fanData({
  observed: [],
  cadence: HOUR,
  run: undefined,
  yesterday: undefined,
  now: undefined,
})

const NARROW_PX = 480
const VALUE_STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

/** Three days are too much for a phone's width. */
function observedSpan(widthPx: number): Span {
  return widthPx < NARROW_PX ? 30 * HOUR : widthPx < 800 ? 48 * HOUR : 72 * HOUR
}

/** The observed line, now, the fan over the next day, and yesterday's forecast behind what came of it. */
export function fanChart({ host, empty, readout }: FanChartParts): Painter<ViewState> {
  let palette: Palette = readPalette()
  let clock: StationClock = stationClock(0)
  let data: FanData = NO_DATA
  let now: Instant | undefined
  let unit = ''
  let behind = false
  let range: Range | undefined

  const colours: Record<FanColumn, () => string> = {
    low90: () => 'transparent',
    high90: () => 'transparent',
    low80: () => 'transparent',
    high80: () => 'transparent',
    low50: () => 'transparent',
    high50: () => 'transparent',
    pastLow: () => 'transparent',
    pastHigh: () => 'transparent',
    past: () => palette.past,
    bridged: () => palette.observed,
    observed: () => palette.observed,
    mean: () => palette.mean,
  }
  const widths: Partial<Record<FanColumn, number>> = { past: 1.25, bridged: 1, observed: 1.75, mean: 2.25 }
  const dashes: Partial<Record<FanColumn, number[]>> = { past: [5, 3], bridged: [2, 3] }
  const seriesOf = (column: FanColumn): uPlot.Series => ({
    label: column,
    stroke: () => colours[column](),
    width: widths[column] ?? 0,
    points: { show: false },
    ...(dashes[column] && { dash: dashes[column] }),
  })
  const band = (high: FanColumn, low: FanColumn, fill: () => string): uPlot.Band => ({
    series: [1 + FAN_COLUMNS.indexOf(high), 1 + FAN_COLUMNS.indexOf(low)],
    fill: () => fill(),
  })
  const axisFont = `11px ${getComputedStyle(document.body).fontFamily}`

  const chart = new uPlot(
    {
      ...sizeOf(host),
      padding: [18, 18, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: {
        x: {
          time: false,
          range: () => {
            const end = now ?? 0
            return [(end - observedSpan(host.clientWidth)) / SECOND, (end + DAY) / SECOND]
          },
        },
        y: {
          range: (_chart, min, max) => {
            if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [0, 1]
            range = steadyRange(range, { min, max })
            return [range.min, range.max]
          },
        },
      },
      axes: [
        {
          font: axisFont,
          stroke: () => palette.muted,
          size: 30,
          gap: 4,
          ticks: { show: false },
          grid: { stroke: () => palette.grid, width: 1 },
          splits: (self, _axis, from, to) =>
            timeSplits(clock, {
              from,
              to,
              widthPx: self.bbox.width / devicePixelRatio,
              spacePx: LABEL_SPACE_PX,
            }),
          // Before the first reading the axes would show arbitrary times and values.
          values: (_self, splits) =>
            splits.map((split) =>
              now === undefined ? '' : timeLabel(clock, split, host.clientWidth < NARROW_PX),
            ),
        },
        {
          font: axisFont,
          stroke: () => palette.muted,
          size: 44,
          gap: 6,
          ticks: { show: false },
          grid: { stroke: () => palette.grid, width: 1 },
          incrs: VALUE_STEPS,
          values: (_self, splits) =>
            splits.map((split) => (now === undefined ? '' : String(split).replace('-', '−'))),
        },
      ],
      series: [{}, ...FAN_COLUMNS.map(seriesOf)],
      bands: [
        band('high90', 'low90', () => palette.fan90),
        band('high80', 'low80', () => palette.fan80),
        band('high50', 'low50', () => palette.fan50),
        band('pastHigh', 'pastLow', () => palette.pastBand),
      ],
      hooks: {
        drawAxes: [(self) => drawNow(self, { palette, clock, now, behind })],
        setCursor: [
          (self) => {
            setText(readout, fanReadout({ data, index: self.cursor.idx ?? undefined, clock, unit, now }))
          },
        ],
      },
    },
    aligned(NO_DATA),
    host,
  )

  new ResizeObserver(() => chart.setSize(sizeOf(host))).observe(host)
  onThemeChange(() => {
    palette = readPalette()
    chart.redraw()
  })

  return {
    everyMs: 0,
    paint(state) {
      clock = stationClock(state.station?.time.utc_offset_minutes ?? 0)
      unit = state.station?.unit ?? ''
      now = chartNow(state)
      behind = now !== undefined && state.latest !== undefined && state.latest.time > now
      const reach = (state.station?.cadence_seconds ?? 0) * SECOND
      const run = now === undefined ? undefined : currentRun(state.runs, now + reach)
      data = fanData({
        observed: state.observed,
        cadence: reach,
        run,
        yesterday: run && dayBefore(state.runs, run),
        now,
      })
      if (now === undefined) range = undefined
      setHidden(empty, now !== undefined && run !== undefined)
      setText(
        empty,
        now === undefined ? 'Waiting for the first reading.' : 'No forecast yet: the first one follows soon.',
      )
      chart.setData(aligned(data))
    },
  }
}

function sizeOf(host: HTMLElement): { readonly width: number; readonly height: number } {
  return { width: Math.max(host.clientWidth, 200), height: Math.max(host.clientHeight, 160) }
}

function aligned({ times, columns }: FanData): uPlot.AlignedData {
  return [[...times], ...FAN_COLUMNS.map((name) => [...columns[name]])]
}

interface NowLine {
  readonly palette: Palette
  readonly clock: StationClock
  readonly now: Instant | undefined
  /** The stream has run on from where the line ends: a date is shown instead of 'now'. */
  readonly behind: boolean
}

function drawNow(chart: uPlot, { palette, clock, now, behind }: NowLine): void {
  const { ctx, bbox } = chart
  const ratio = devicePixelRatio
  ctx.save()
  const { min: from = 0, max: to = 0 } = chart.scales['x'] ?? {}
  if (now !== undefined) {
    for (const midnight of midnights(clock, { from, to })) {
      vertical(ctx, { x: chart.valToPos(midnight, 'x', true), bbox, colour: palette.midnight, width: ratio })
    }
    const x = chart.valToPos(now / SECOND, 'x', true)
    vertical(ctx, { x, bbox, colour: palette.now, width: 1.5 * ratio })
    ctx.fillStyle = palette.now
    ctx.font = `600 ${11 * ratio}px ${getComputedStyle(document.body).fontFamily}`
    ctx.textAlign = 'center'
    ctx.fillText(`${behind ? clock.day(now) : 'now'} ${clock.time(now)}`, x, bbox.top - 6 * ratio)
  }
  ctx.restore()
}

interface Vertical {
  readonly x: number
  readonly bbox: uPlot.BBox
  readonly colour: string
  readonly width: number
}

function vertical(ctx: CanvasRenderingContext2D, { x, bbox, colour, width }: Vertical): void {
  ctx.beginPath()
  ctx.strokeStyle = colour
  ctx.lineWidth = width
  ctx.moveTo(Math.round(x) + 0.5, bbox.top)
  ctx.lineTo(Math.round(x) + 0.5, bbox.top + bbox.height)
  ctx.stroke()
}
