import { lineChart, type Series } from '../report/line-chart.ts'
import type { Block } from './block.ts'
import type { Compared } from './comparison.ts'
import type { Outline } from './outline.ts'
import { resultKey } from './result.ts'

type Figure = Extract<Block, { kind: 'figure' }>

/** The plots of the data: the whole series, and its first ten days. */
export function outlineFigures({ channel, weeks, beginning }: Outline): Figure[] {
  const whole = "The whole series: each week's mean (thick), its lowest and its highest value"
  const first = 'The first 10 days, row by row'
  const axis = { kind: 'time' } as const
  return [
    {
      kind: 'figure',
      name: 'series',
      caption: whole,
      figure: lineChart({
        title: whole,
        x: { ...axis, label: 'week' },
        y: { label: channel },
        series: [
          { name: 'highest', look: 0, points: weeks.map(([week, , , highest]) => [week, highest]) },
          { name: 'lowest', look: 1, points: weeks.map(([week, lowest]) => [week, lowest]) },
          { name: 'mean', look: 'published', points: weeks.map(([week, , mean]) => [week, mean]) },
        ],
      }),
    },
    {
      kind: 'figure',
      name: 'first-days',
      caption: first,
      figure: lineChart({
        title: first,
        x: { ...axis, label: 'time (UTC)' },
        y: { label: channel },
        series: [{ name: channel, look: 'published', points: beginning }],
      }),
    },
  ]
}

/** Training against validation, with persistence and the printed best across. */
export function resultFigure(
  { experiment, result }: Compared,
  { named, baseline }: { readonly named: string; readonly baseline: number | undefined },
): Figure {
  const { epochs } = result
  const last = Math.max(2, epochs.length)
  const across = (name: string, look: Series['look'], level: number | undefined) =>
    level === undefined
      ? []
      : [{ name: `${name} ${level.toFixed(4)}`, look, points: [[1, level] as const, [last, level] as const] }]
  const printed =
    experiment.task === 'jena' && result.settings.protocol === 'published'
      ? experiment.printed?.validation
      : undefined
  const caption = `${named}: loss by epoch; validation thick, training thin${baseline === undefined ? '' : ', persistence dashed'}`
  return {
    kind: 'figure',
    name: resultKey({ experiment: experiment.name, settings: result.settings }),
    caption,
    figure: lineChart({
      title: caption,
      x: { label: 'epoch', kind: 'number', ticks: epochTicks(last) },
      y: { label: experiment.task === 'jena' ? 'mean absolute error' : 'cross entropy' },
      series: [
        ...across('persistence', 'reference', baseline),
        ...across('printed', 1, printed),
        {
          name: 'training',
          look: 0,
          points: epochs.map(({ epoch, training }) => [epoch, training.loss] as const),
        },
        {
          name: 'validation',
          look: 'published',
          points: epochs.map(({ epoch, validation }) => [epoch, validation.loss] as const),
        },
      ],
    }),
  }
}

function epochTicks(last: number): number[] {
  const every = last <= 12 ? 1 : last <= 24 ? 2 : last <= 60 ? 5 : 10
  return Array.from({ length: last }, (_, index) => index + 1).filter(
    (epoch) => epoch === 1 || epoch % every === 0,
  )
}
