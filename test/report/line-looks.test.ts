import { describe, expect, it } from 'vitest'
import { lineChart } from '../../src/report/line-chart.ts'
import { COLOURS, lineLook, markerOf } from '../../src/report/line-looks.ts'
import { STYLE } from '../../src/report/style.ts'
import { contrast, distance, VISIONS, type Vision } from './colour-vision.ts'

/** More than there are models. */
const LINES = 20
const looks = Array.from({ length: LINES }, (_, index) => lineLook(index))
const pairs = looks.flatMap((one, index) => looks.slice(index + 1).map((other) => [one, other] as const))
const visions = Object.keys(VISIONS) as Vision[]
const THEMES = ['light', 'dark'] as const

describe('line looks', () => {
  it('line looks - of twenty lines no two share more than one of colour, dashes and marker', () => {
    for (const [one, other] of pairs) {
      const shared = (['colour', 'dash', 'marker'] as const).filter((part) => one[part] === other[part])
      expect(shared.length, JSON.stringify([one, other])).toBeLessThanOrEqual(1)
    }
    const shapes = new Set(looks.map(markerOf))
    expect(shapes.size).toBe(new Set(looks.map(({ marker }) => marker)).size)
  })

  it.each(THEMES)('line looks - those with the same dashes differ in colour to everybody, %s', (theme) => {
    const { lines, published } = COLOURS[theme]
    const sameDashes = pairs.filter(([one, other]) => one.dash === other.dash)
    expect(sameDashes.length).toBeGreaterThan(LINES)
    const solid = looks
      .filter(({ dash }) => dash === 0)
      .map(({ colour }) => [lines[colour]!, published] as const)
    const colours = sameDashes.map(([one, other]) => [lines[one.colour]!, lines[other.colour]!] as const)
    for (const [one, other] of [...colours, ...solid]) {
      for (const vision of visions) {
        // Seven times what can just be noticed.
        expect(distance(one, other, vision), `${one} ${other}, ${vision}`).toBeGreaterThan(16)
      }
    }
  })

  it.each(THEMES)('line looks - every colour stands out from the paper, %s', (theme) => {
    const { lines, published, paper } = COLOURS[theme]
    for (const colour of [...lines, published]) expect(contrast(colour, paper)).toBeGreaterThanOrEqual(3)
  })

  it('line looks - red and green are one to those who confuse them: the measure is no mere distance', () => {
    expect(distance('#c23b22', '#77662a', 'usual')).toBeGreaterThan(40)
    expect(distance('#a05a2c', '#6b6b2c', 'deuteranopia')).toBeLessThan(
      distance('#a05a2c', '#6b6b2c', 'usual') / 2,
    )
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 4)
  })

  it('line looks - the style has each colour and each kind of dashes that a chart of twenty lines asks for', () => {
    const series = looks.map((_, look) => ({ name: `model ${look}`, look, points: [[1, look] as const] }))
    const svg = lineChart({ title: '', x: { label: '', kind: 'number' }, y: { label: '' }, series })
    const asked = [...svg.matchAll(/class="line (c\d+) (d\d+)"/g)]
    expect(new Set(asked.map(([all]) => all)).size).toBe(LINES)
    for (const [, colour, dash] of asked) {
      expect(STYLE).toContain(`svg .line.${colour} {`)
      expect(STYLE).toContain(`svg .marker.${colour} {`)
      expect(STYLE).toContain(`svg .${dash} {`)
    }
    const drawn = svg.slice(0, svg.indexOf('</svg>'))
    expect(drawn.match(/class="marker /g)).toHaveLength(LINES)
  })
})
