import type { Baseline } from '../../domain/baselines.ts'

/** What is drawn in the chart of leads: the published model, the best of the experts, and each baseline. */
export type LineName = 'published' | 'expert' | Baseline

/** How a line is drawn, in the chart and as the swatch in the table; its name is that of a custom property. */
export interface LineStyle {
  readonly name: LineName
  readonly widthPx: number
  readonly dash: readonly number[]
}

/** Each is told apart by its dashes alone, whatever colours its reader sees. Those later in the list lie on top. */
export const LINE_STYLES: readonly LineStyle[] = [
  { name: 'climatology', widthPx: 1.5, dash: [2, 3] },
  { name: 'seasonal_naive', widthPx: 1.5, dash: [5, 3] },
  { name: 'persistence', widthPx: 1.5, dash: [12, 3] },
  { name: 'expert', widthPx: 2, dash: [9, 3, 2, 3] },
  { name: 'published', widthPx: 3, dash: [] },
]

/** The line of a model; undefined where it has none. */
export function lineOf(
  model: string,
  { published, best }: { readonly published: string; readonly best: string | undefined },
): LineName | undefined {
  if (model === published) return 'published'
  if (model === best) return 'expert'
  return LINE_STYLES.find(({ name }) => name === model)?.name
}
