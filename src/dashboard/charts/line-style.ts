import { modelRole } from '../model-table.ts'

/** How a model's line is drawn, in the chart and as the swatch in the table: a colour's name and a dash. */
export interface LineStyle {
  /** `published`, `expert-1` … `expert-4`, `baseline-1` … `baseline-3`: a class and a custom property. */
  readonly name: string
  readonly widthPx: number
  readonly dash: readonly number[]
}

const EXPERT_COLOURS = 4
const BASELINE_NAMES: ReadonlyMap<string, string> = new Map([
  ['persistence', 'baseline-1'],
  ['seasonal_naive', 'baseline-2'],
  ['climatology', 'baseline-3'],
])
const BASELINE_DASHES: ReadonlyMap<string, readonly number[]> = new Map([
  ['baseline-1', []],
  ['baseline-2', [6, 3]],
  ['baseline-3', [2, 3]],
])

/** `models` in the table's order: an expert's colour is its place among the experts. */
export function lineStyle(model: string, models: readonly string[], published: string): LineStyle {
  switch (modelRole(model, published)) {
    case 'published':
      return { name: 'published', widthPx: 2.5, dash: [] }
    case 'baseline': {
      const name = BASELINE_NAMES.get(model) ?? 'baseline-1'
      return { name, widthPx: 1.5, dash: BASELINE_DASHES.get(name) ?? [] }
    }
    case 'expert': {
      const experts = models.filter((other) => modelRole(other, published) === 'expert')
      return {
        name: `expert-${1 + (experts.indexOf(model) % EXPERT_COLOURS)}`,
        widthPx: 1.5,
        dash: [],
      }
    }
  }
}
