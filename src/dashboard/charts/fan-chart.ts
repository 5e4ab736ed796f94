import uPlot from 'uplot'
import { DAY, formatInstant, HOUR, type Instant, SECOND, type Span } from '../../domain/instant.ts'
import { setAttribute, setHidden, setText } from '../dom.ts'
import { type StationClock, stationClock } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { MOMENT_EVERY_MS, momentOf } from '../moment.ts'
import type { ViewState } from '../view-state.ts'
import { axisRoom, ROUND_STEPS } from './axis-room.ts'
import { cursorAfter, isCursorKey, rowAt } from './chart-cursor.ts'
import { FAN_COLUMNS, type FanColumn, type FanData, fanData, fanDataOf } from './fan-data.ts'
import { fanReadout } from './fan-readout.ts'
import { drawNow } from './now-line.ts'
import { onThemeChange, type Palette, readPalette } from './palette.ts'
import { type Range, steadyRange } from './steady-range.ts'
import { scaleSplits, timeLabel } from './time-axis.ts'
import { instantAt, placeOf, type TimeScale, timeScale } from './time-scale.ts'

export interface FanChartParts {
  /** Holds the canvas and gives it its size. */
  readonly host: HTMLElement
  /** Shows a text on why there is nothing to draw yet. */
  readonly empty: HTMLElement
  /** One line for what lies under the pointer. */
  readonly readout: HTMLElement
  /** The line between what was observed and what is forecast is not now. */
  readonly isPast: (state: ViewState) => boolean
}

const LABEL_SPACE_PX = 58
/** Days are shorter there. */
const NARROW_LABEL_SPACE_PX = 48
const NO_DATA: FanData = fanData({
  observed: [],
  cadence: HOUR,
  run: undefined,
  yesterday: undefined,
  now: undefined,
})

const NARROW_PX = 480
const SPARSE = 30

/** Three days are too much for a phone's width. */
function observedSpan(widthPx: number): Span {
  return widthPx < NARROW_PX ? 30 * HOUR : widthPx < 800 ? 48 * HOUR : 72 * HOUR
}

/** The observed line, now, the fan over the next day, and yesterday's forecast behind what came of it. */
export function fanChart({ host, empty, readout, isPast }: FanChartParts): Painter<ViewState> {
  let palette: Palette = readPalette()
  let clock: StationClock = stationClock(0)
  let data: FanData = NO_DATA
  let now: Instant | undefined
  let scale: TimeScale = timeScale({ first: 0, now: 0, usual: DAY })
  let unit = ''
  let behind = false
  let isSparse = false
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
    // A line of few readings is hardly one.
    points: { show: () => column === 'observed' && isSparse, size: 5 },
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
          distr: 100,
          fwd: (seconds: number) => placeOf(scale, seconds * SECOND) / SECOND,
          bwd: (place: number) => instantAt(scale, place * SECOND) / SECOND,
          range: () => [scale.from / SECOND, scale.to / SECOND],
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
          splits: (self) =>
            scaleSplits(clock, {
              scale,
              widthPx: self.bbox.width / devicePixelRatio,
              spacePx: host.clientWidth < NARROW_PX ? NARROW_LABEL_SPACE_PX : LABEL_SPACE_PX,
            }),
          // Else uPlot keeps the powers of ten alone, as for any scale that is not linear.
          filter: (_self, splits) => splits,
          // Before the first reading the axes would show arbitrary times and values.
          values: (_self, splits) =>
            splits.map((split) =>
              now === undefined ? '' : timeLabel(clock, split, host.clientWidth < NARROW_PX),
            ),
        },
        {
          font: axisFont,
          stroke: () => palette.muted,
          size: axisRoom(44),
          gap: 6,
          ticks: { show: false },
          grid: { stroke: () => palette.grid, width: 1 },
          incrs: ROUND_STEPS,
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

  /** What was drawn last, of which most events change nothing: drawing is the dearest thing that this page does. */
  let drawn: ViewState | undefined
  new ResizeObserver(() => {
    drawn = undefined
    chart.setSize(sizeOf(host))
  }).observe(host)
  onThemeChange(() => {
    palette = readPalette()
    chart.redraw()
  })

  /** Where keys have taken the cursor; undefined while a pointer has it. */
  let cursorAt: Instant | undefined
  const showCursor = (instant: Instant | undefined) => {
    cursorAt = instant
    const index = instant === undefined ? undefined : rowAt(data, instant)
    const left = index === undefined ? -10 : chart.valToPos(data.times[index]!, 'x')
    chart.setCursor({ left, top: index === undefined ? -10 : 0 }, false)
    const text = fanReadout({ data, index, clock, unit, now })
    setText(readout, text)
    setAttribute(host, 'aria-valuenow', String(instant ?? now ?? 0))
    // Whoever reads by ear hears each change of it.
    setAttribute(host, 'aria-valuetext', text || (now === undefined ? 'nothing drawn' : 'no time chosen'))
  }
  host.addEventListener('focus', () => {
    if (host.matches(':focus-visible')) showCursor(now)
  })
  host.addEventListener('blur', () => showCursor(undefined))
  host.addEventListener('pointermove', () => {
    cursorAt = undefined
  })
  host.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !isCursorKey(event.key) || now === undefined) return
    event.preventDefault()
    showCursor(cursorAfter(event.key, { data, from: scale.from, to: scale.to, at: cursorAt, now }))
  })

  const drawnFrom = (state: ViewState): boolean => {
    const isSame =
      state.observed === drawn?.observed &&
      state.runs === drawn.runs &&
      state.station === drawn.station &&
      (isBehind(state) || isPast(state)) === behind
    drawn = state
    return isSame
  }

  return {
    everyMs: MOMENT_EVERY_MS,
    paint(state) {
      if (drawnFrom(state)) return
      clock = stationClock(state.station?.time.utc_offset_minutes ?? 0)
      unit = state.station?.unit ?? ''
      const { at, run } = momentOf(state)
      now = at
      isSparse = state.observed.length <= SPARSE
      behind = isBehind(state) || isPast(state)
      data = fanDataOf(state)
      if (now === undefined) range = undefined
      else scale = timeScale({ first: state.observed[0]!.time, now, usual: observedSpan(host.clientWidth) })
      setHidden(empty, now !== undefined && run !== undefined)
      setText(
        empty,
        now === undefined
          ? 'Waiting for the first reading.'
          : 'No forecast yet: the first comes with the first measurement.',
      )
      chart.setData(aligned(data))
      if (cursorAt !== undefined) showCursor(cursorAt)
      host.setAttribute('aria-valuemin', String(scale.from))
      host.setAttribute('aria-valuemax', String(scale.to))
      host.dataset['now'] = now === undefined ? '' : formatInstant(now)
      host.dataset['issued'] = run ? formatInstant(run.issuedAt) : ''
    },
  }
}

/** The stream has run on from where the line ends. */
function isBehind({ observed, latest }: ViewState): boolean {
  const end = observed.at(-1)
  return end !== undefined && latest !== undefined && latest.time > end.time
}

function sizeOf(host: HTMLElement): { readonly width: number; readonly height: number } {
  return { width: Math.max(host.clientWidth, 200), height: Math.max(host.clientHeight, 160) }
}

function aligned({ times, columns }: FanData): uPlot.AlignedData {
  return [[...times], ...FAN_COLUMNS.map((name) => [...columns[name]])]
}
