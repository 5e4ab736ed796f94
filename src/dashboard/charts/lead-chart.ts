import uPlot from 'uplot'
import { element, part, setHidden, setText } from '../dom.ts'
import type { Painter } from '../frame-loop.ts'
import { bestExpert, maeByLead, modelLines, modelTitle } from '../model-table.ts'
import { publishedModel } from '../moment.ts'
import type { ViewState } from '../view-state.ts'
import { axisRoom } from './axis-room.ts'
import { LINE_STYLES, type LineName } from './line-style.ts'
import { onThemeChange, type Palette, readPalette } from './palette.ts'
import { type Range, steadyRange } from './steady-range.ts'
import { swatch } from './swatch.ts'

export interface LeadChartParts {
  readonly host: HTMLElement
  readonly empty: HTMLElement
  readonly legend: HTMLElement
}

const LEAD_AXIS = Array.from({ length: 24 }, (_, index) => index + 1)
/** Of a fast tape scores come thirty times a second; the mean of hundreds of errors changes slowly. */
const REDRAWN_EVERY_MS = 1_000
const LEAD_LABELS = [1, 6, 12, 18, 24]

/**
 * Rolling MAE by lead from zero: how much further ahead is how much worse, for the published model, the best expert at
 * the chosen lead, and the baselines. More lines than that tell nothing.
 */
export function leadChart({ host, empty, legend }: LeadChartParts): Painter<ViewState> {
  let palette: Palette = readPalette()
  let range: Range | undefined
  let lead = 24
  let chart: uPlot | undefined
  let drawnChoice: string | undefined
  let drawnScore: ViewState['score']
  let drawnAt = 0
  const named = legendItems(legend)

  const build = (): uPlot => {
    const font = `11px ${getComputedStyle(document.body).fontFamily}`
    const series = LINE_STYLES.map(
      ({ name, widthPx, dash }): uPlot.Series => ({
        stroke: () => palette.line(name),
        width: widthPx,
        dash: [...dash],
        points: { show: false },
      }),
    )
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
            size: axisRoom(34),
            gap: 6,
            space: 24,
            ticks: { show: false },
            grid: { stroke: () => palette.grid, width: 1 },
          },
        ],
        series: [{}, ...series],
        hooks: { drawAxes: [(self) => drawLead(self, { palette, lead })] },
      },
      [LEAD_AXIS, ...LINE_STYLES.map(() => LEAD_AXIS.map(() => null))],
      host,
    )
  }

  new ResizeObserver(() => {
    chart?.setSize({
      width: Math.max(host.clientWidth, 120),
      height: Math.max(host.clientHeight, 100),
    })
  }).observe(host)
  onThemeChange(() => {
    palette = readPalette()
    chart?.redraw()
  })

  return {
    everyMs: 250,
    paint(state, at) {
      const { score, chosenLead, chosenWindow: window } = state
      const choice = `${state.station?.id} ${chosenLead} ${window} ${score === undefined}`
      if (choice === drawnChoice && (score === drawnScore || at - drawnAt < REDRAWN_EVERY_MS)) return
      drawnChoice = choice
      drawnScore = score
      drawnAt = at
      const scored = score !== undefined && Object.keys(score.models).length > 0
      setHidden(empty, scored)
      setHidden(legend, !scored)
      if (!scored) {
        chart?.destroy()
        chart = undefined
        range = undefined
        return
      }
      lead = chosenLead
      const published = publishedModel(state)
      const best = bestExpert(modelLines(score, { published, lead, window }))
      const modelOf = (name: LineName) =>
        name === 'published' ? published : name === 'expert' ? best : name in score.models ? name : undefined
      const lines = LINE_STYLES.map(({ name }) => {
        const model = modelOf(name) ?? ''
        const line = maeByLead(score, { model, published, window })
        const title = line.some((mae) => mae !== null) ? modelTitle(model) : ''
        named(name, name === 'expert' && title ? `best expert: ${title}` : title)
        return line
      })
      chart ??= build()
      chart.setData([LEAD_AXIS, ...lines])
    },
  }
}

/** The names of the lines; those that are not drawn have none. */
function legendItems(legend: HTMLElement): (name: LineName, title: string) => void {
  const items = new Map(
    LINE_STYLES.toReversed().map(({ name }) => {
      const item = element('li')
      item.append(swatch(name), element('span', { className: 'words' }))
      legend.append(item)
      return [name, item] as const
    }),
  )
  return (name, title) => {
    const item = items.get(name)
    if (!item) return
    setHidden(item, title === '')
    setText(part(item, '.words', HTMLElement), title)
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
