import { describe, expect, it } from 'vitest'
import { type LineChart, lineChart } from '../../src/report/line-chart.ts'

const CHART: LineChart = {
  title: 'Errors <by> lead',
  x: { label: 'lead, hours', kind: 'number', ticks: [1, 2, 3] },
  y: { label: 'K', from: 0 },
  series: [
    {
      name: 'a & b',
      look: 'published',
      points: [
        [1, 1],
        [2, 2],
        [3, 4],
      ],
    },
    {
      name: 'gap',
      look: 's0',
      points: [
        [1, 1],
        [2, null],
        [3, 3],
      ],
    },
  ],
}

/** The numbers of the n-th line of a chart. */
function pathOf(svg: string, index: number): string {
  return [...svg.matchAll(/<path class="line [^"]*" d="([^"]*)"/g)][index]![1]!
}

describe('line chart', () => {
  it('line chart - puts the greatest value at the top and time from left to right', () => {
    const places = [...pathOf(lineChart(CHART), 0).matchAll(/([\d.]+),([\d.]+)/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ])
    expect(places.map(([x]) => x)).toEqual(places.map(([x]) => x).toSorted((a, b) => a! - b!))
    expect(places[2]![1]).toBe(16)
    // 0 to 4: half of it is halfway down.
    expect(places[1]![1]).toBeCloseTo((16 + (380 - 64)) / 2, 1)
  })

  it('line chart - leaves a gap where nothing is known, and never says NaN', () => {
    const svg = lineChart(CHART)
    expect(pathOf(svg, 1).match(/M/g)).toHaveLength(2)
    expect(svg).not.toContain('NaN')
    const nothing = lineChart({ ...CHART, series: [{ name: 'none', look: 's0', points: [[1, null]] }] })
    expect(nothing).not.toContain('NaN')
  })

  it('line chart - shows no text as markup, and names every line', () => {
    const svg = lineChart(CHART)
    expect(svg).toContain('Errors &lt;by&gt; lead')
    expect(svg).not.toContain('<by>')
    expect(svg).toContain('a &amp; b</li>')
  })

  it('line chart - has years under years', () => {
    const year = (number: number) => Date.UTC(number, 0, 1)
    const points = [2009, 2011, 2013, 2016].map((number) => [year(number), 1] as const)
    const svg = lineChart({
      ...CHART,
      x: { label: 'time', kind: 'time' },
      series: [{ name: 'a', look: 's0', points }],
    })
    for (const label of ['2010', '2012', '2015']) expect(svg).toContain(`>${label}</text>`)
  })
})
