import type { LineName } from './line-style.ts'

/** Colours of the charts: the style sheet's custom properties, so that light and dark are decided in one place. */
export interface Palette {
  readonly ink: string
  readonly muted: string
  readonly grid: string
  readonly midnight: string
  readonly surface: string
  readonly observed: string
  readonly mean: string
  readonly fan90: string
  readonly fan80: string
  readonly fan50: string
  readonly past: string
  readonly pastBand: string
  readonly now: string
  line(name: LineName): string
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim() || 'currentColor'
  return {
    ink: colour('ink'),
    muted: colour('muted'),
    grid: colour('grid'),
    midnight: colour('midnight'),
    surface: colour('surface'),
    observed: colour('observed'),
    mean: colour('mean'),
    fan90: colour('fan-90'),
    fan80: colour('fan-80'),
    fan50: colour('fan-50'),
    past: colour('past'),
    pastBand: colour('past-band'),
    now: colour('now'),
    line: (name) => colour(`line-${name}`),
  }
}

/** Calls back whenever the reader's system goes from light to dark or back. */
export function onThemeChange(callback: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', callback)
}
