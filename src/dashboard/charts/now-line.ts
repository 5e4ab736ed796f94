import type uPlot from 'uplot'
import { type Instant, SECOND } from '../../domain/instant.ts'
import type { StationClock } from '../format.ts'
import type { Palette } from './palette.ts'
import { midnights } from './time-axis.ts'

export interface NowLine {
  readonly palette: Palette
  readonly clock: StationClock
  readonly now: Instant | undefined
  /** The stream has run on from where the line ends: a date is shown instead of 'now'. */
  readonly behind: boolean
}

/** The line between what was observed and what is forecast, and the days behind it. */
export function drawNow(chart: uPlot, { palette, clock, now, behind }: NowLine): void {
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
