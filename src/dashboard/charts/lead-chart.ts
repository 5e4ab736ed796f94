import uPlot from 'uplot'
import { setHidden } from '../dom.ts'
import type { Painter } from '../frame-loop.ts'
import { maeByLead, modelOrder } from '../model-table.ts'
import { publishedModel, type ViewState } from '../view-state.ts'
import { lineStyle } from './line-style.ts'
import { onThemeChange, type Palette, readPalette } from './palette.ts'
import { type Range, steadyRange } from './steady-range.ts'

export interface LeadChartParts {
  readonly host: HTMLElement
  readonly empty: HTMLElement
}

const LEAD_AXIS = Array.from({ length: 24 }, (_, index) => index + 1)
const LEAD_LABELS = [1, 6, 12, 18, 24]

/** Rolling MAE by lead, one line a model, from zero: how much further ahead is how much worse. */
export function leadChart({ host, empty }: LeadChartParts): Painter<ViewState> {
  let palette: Palette = readPalette()
  let range: Range | undefined
  let lead = 24
  let drawn: { readonly chart: uPlot; readonly key: string } | undefined

  const build = (models: readonly string[], published: string): uPlot => {
    const font = `11px ${getComputedStyle(document.body).fontFamily}`
    const series = models.map((model): uPlot.Series => {
      const style = lineStyle(model, models, published)
      return {
        label: model,
        stroke: () => palette.line(style.name),
        width: style.widthPx,
        dash: [...style.dash],
        points: { show: false },
      }
    })
    return new uPlot(
      {
        width: Math.max(host.clientWidth, 120),
        height: Math.max(host.clientHeight, 100),
        padding: [8, 10, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: [1, 24] },
          y: {
            range: (_chart, _min, max) => {
              if (max === null || !Number.isFinite(max)) return [0, 1]
              range = steadyRange(range, { min: 0, max })
              return [0, range.max]
            },
          },
        },
        axes: [
          {
            font,
            stroke: () => palette.muted,
            size: 24,
            gap: 4,
            ticks: { show: false },
            grid: { stroke: () => palette.grid, width: 1 },
            splits: () => LEAD_LABELS,
            values: (_chart, splits) => splits.map((split) => `+${split}${split === 24 ? ' h' : ''}`),
          },
          {
            font,
            stroke: () => palette.muted,
            size: 34,
            gap: 6,
            space: 24,
            ticks: { show: false },
            grid: { stroke: () => palette.grid, width: 1 },
          },
        ],
        series: [{}, ...series],
        hooks: { drawAxes: [(self) => drawLead(self, { palette, lead })] },
      },
      [LEAD_AXIS, ...models.map(() => LEAD_AXIS.map(() => null))],
      host,
    )
  }

  new ResizeObserver(() => {
    drawn?.chart.setSize({
      width: Math.max(host.clientWidth, 120),
      height: Math.max(host.clientHeight, 100),
    })
  }).observe(host)
  onThemeChange(() => {
    palette = readPalette()
    drawn?.chart.redraw()
  })

  return {
    everyMs: 250,
    paint(state) {
      const { score } = state
      setHidden(empty, score !== undefined)
      if (!score) {
        drawn?.chart.destroy()
        drawn = undefined
        range = undefined
        return
      }
      lead = state.chosenLead
      const published = publishedModel(state)
      const models = modelOrder(Object.keys(score.models), published)
      const key = `${published}|${models.join()}`
      if (drawn?.key !== key) {
        drawn?.chart.destroy()
        drawn = { chart: build(models, published), key }
      }
      drawn.chart.setData([LEAD_AXIS, ...models.map((model) => maeByLead(score, model, state.chosenWindow))])
    },
  }
}

interface LeadMark {
  readonly palette: Palette
  readonly lead: number
}

/** A mark at the lead that the table shows. */
function drawLead(chart: uPlot, { palette, lead }: LeadMark): void {
  const { ctx, bbox } = chart
  const ratio = devicePixelRatio
  const x = Math.round(chart.valToPos(lead, 'x', true))
  ctx.save()
  ctx.beginPath()
  ctx.strokeStyle = palette.midnight
  ctx.lineWidth = 2 * ratio
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.restore()
}
