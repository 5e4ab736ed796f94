import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LINE_STYLES } from '../../../src/dashboard/charts/line-style.ts'

type Rgb = readonly [number, number, number]

const css = readFileSync(new URL('../../../src/dashboard/page/style.css', import.meta.url), 'utf8')
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)')

function colour(theme: string, name: string): Rgb {
  const [, hex] = new RegExp(`--${name}: #([0-9a-f]{6});`).exec(theme) ?? []
  if (!hex) throw new Error(`the style sheet has no --${name}`)
  const linear = (at: number) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  return [linear(0), linear(2), linear(4)]
}

/** How lines look to who lacks one kind of cones, in linear RGB: Machado, Oliveira and Fernandes (2009), severity 1. */
const EYES: Readonly<Record<string, readonly (readonly number[])[]>> = {
  protanope: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranope: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanope: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

const seen = (eye: readonly (readonly number[])[], rgb: Rgb): number[] =>
  eye.map((row) => row.reduce((sum, share, at) => sum + share * rgb[at]!, 0))

/** CIE Lab of linear sRGB. */
function lab(rgb: readonly number[]): readonly number[] {
  const [r = 0, g = 0, b = 0] = rgb.map((share) => Math.min(1, Math.max(0, share)))
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27) * (t / 116) + 16 / 116)
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047)
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b)
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b

describe('lines of the chart of leads', () => {
  it('lines - each is told apart by its dashes alone', () => {
    const dashes = LINE_STYLES.map(({ dash }) => dash.join())
    expect(new Set(dashes).size).toBe(LINE_STYLES.length)
  })

  it.each([
    ['light', light],
    ['dark', dark],
  ])(
    'lines - in %s the published model and the best expert differ in colour to every eye, and all stand out from the page',
    (_, theme) => {
      const [published, expert, surface] = ['line-published', 'line-expert', 'surface'].map((name) =>
        colour(theme, name),
      ) as [Rgb, Rgb, Rgb]
      for (const eye of Object.values(EYES)) {
        const [one, other] = [lab(seen(eye, published)), lab(seen(eye, expert))]
        expect(Math.hypot(...one.map((share, at) => share - other[at]!))).toBeGreaterThan(25)
      }
      for (const { name } of LINE_STYLES) {
        const pair = [luminance(colour(theme, `line-${name}`)), luminance(surface)].sort((a, b) => b - a)
        expect((pair[0]! + 0.05) / (pair[1]! + 0.05)).toBeGreaterThanOrEqual(3)
      }
    },
  )
})
