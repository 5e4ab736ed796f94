import {
  type SymbolType,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolTriangle,
} from 'd3-shape'

/**
 * Colours by what the reader prefers: five of Paul Tol's scheme "muted" (SRON/EPS/TN/09-002, 2021), made for the
 * colour-blind, of each those that stand out 3 : 1 from the paper, in the order of `LOOK_COLOURS`.
 */
export const COLOURS = {
  light: {
    paper: '#ffffff',
    published: '#0b62c4',
    lines: ['#cc6677', '#332288', '#117733', '#882255', '#999933'],
  },
  dark: {
    paper: '#14181d',
    published: '#6cb6ff',
    lines: ['#cc6677', '#ddcc77', '#117733', '#aa4499', '#999933'],
  },
} as const

/** Drawn, left out, drawn ... in units of the drawing; the first is a whole line. */
export const DASHES = ['none', '9 4', '2 3', '10 3 2 3'] as const
const MARKERS: readonly SymbolType[] = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
]

/** Indices into COLOURS, DASHES and the markers. */
export interface LineLook {
  readonly colour: number
  readonly dash: number
  readonly marker: number
}

/**
 * How the n-th line looks beside others. Of twenty in a row no two share more than one of colour, dashes and marker, so
 * that each is known without its colour too; of a hundred no two share all three.
 */
export function lineLook(index: number): LineLook {
  const round = Math.floor(index / COLOURS.light.lines.length)
  return {
    colour: index % COLOURS.light.lines.length,
    dash: round % DASHES.length,
    marker: (index + round) % MARKERS.length,
  }
}

export function markerOf({ marker }: LineLook): SymbolType {
  return MARKERS[marker]!
}
