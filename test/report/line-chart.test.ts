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
      look: 0,
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
    const nothing = lineChart({ ...CHART, series: [{ name: 'none', look: 0, points: [[1, null]] }] })
    expect(nothing).not.toContain('NaN')
  })

  it('line chart - shows no text as markup, and names every line', () => {
    const svg = lineChart(CHART)
    expect(svg).toContain('Errors &lt;by&gt; lead')
    expect(svg).not.toContain('<by>')
    expect(svg).toContain('a &amp; b</li>')
  })

  it('line chart - names the lines in the order in which they end, from the top', () => {
    const ending = (name: string, last: number | null, look: number) => {
      const points = [[1, 9 - look] as const, [2, look] as const, [3, last] as const]
      return { name, look, points }
    }
    // The third ends early, at 2.
    const series = [
      ending('low', 1, 0),
      ending('high', 5, 1),
      ending('short', null, 2),
      ending('middle', 3, 3),
    ]
    const names = [...lineChart({ ...CHART, series }).matchAll(/<\/svg>([a-z]+)<\/li>/g)].map(
      ([, name]) => name,
    )
    expect(names).toEqual(['high', 'middle', 'short', 'low'])
  })

  it('line chart - marks a line at several of its points, a lone one too, and only where it is known', () => {
    const points = Array.from({ length: 24 }, (_, at) => [at, at < 20 ? at : null] as const)
    const drawn = (of: LineChart['series'][number]) => lineChart({ ...CHART, series: [of] })
    const many = drawn({ name: 'a', look: 3, points }).match(/class="marker /g)!.length
    expect(many).toBeGreaterThan(2)
    expect(many).toBeLessThan(8)
    expect(drawn({ name: 'a', look: 3, points: points.slice(0, 1) })).toContain('class="marker ')
    expect(drawn({ name: 'a', look: 'published', points })).not.toContain('class="marker ')
  })

  it('line chart - has years under years', () => {
    const year = (number: number) => Date.UTC(number, 0, 1)
    const points = [2009, 2011, 2013, 2016].map((number) => [year(number), 1] as const)
    const svg = lineChart({
      ...CHART,
      x: { label: 'time', kind: 'time' },
      series: [{ name: 'a', look: 0, points }],
    })
    for (const label of ['2010', '2012', '2015']) expect(svg).toContain(`>${label}</text>`)
  })
})
