import type uPlot from 'uplot'

const FIGURE_PX = 7
const GAPS_PX = 8

/** How wide an axis of figures is, in px: as its longest label is, and no less than `least`. */
export function axisRoom(least: number): (chart: uPlot, labels: readonly string[] | null) => number {
  return (_chart, labels) =>
    Math.max(least, ...(labels ?? []).map((label) => GAPS_PX + FIGURE_PX * label.length))
}

/** 1, 2 and 5 of each power of ten, up to a million. */
export const ROUND_STEPS: number[] = [-2, -1, 0, 1, 2, 3, 4, 5].flatMap((power) =>
  [1, 2, 5].map((figure) => Number(`${figure}e${power}`)),
)
