import { COLOURS, DASHES } from './line-looks.ts'

const { light, dark } = COLOURS

/** Each as a custom property. */
function coloured({ paper, published, lines }: (typeof COLOURS)['light' | 'dark']): string {
  return [
    `--paper: ${paper}; --published: ${published};`,
    ...lines.map((colour, index) => `--c${index}: ${colour};`),
  ].join(' ')
}

/** How reports look: one file, no font or picture from elsewhere; light and dark by what the reader prefers. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #59636e; --panel: #f5f7f9; --edge: #d8dee4;
  ${coloured(light)} }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --quiet: #9aa5b1; --panel: #1c2229; --edge: #333c46;
  ${coloured(dark)} } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 1.25rem 1rem 3rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
p { margin: .5rem 0; } .quiet { color: var(--quiet); font-size: .9rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .6rem; margin: 1.25rem 0; }
dl div { background: var(--panel); border: 1px solid var(--edge); border-radius: .5rem; padding: .5rem .75rem; }
dt { color: var(--quiet); font-size: .8rem; } dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .87rem; }
th, td { padding: .25rem .5rem; text-align: right; border-bottom: 1px solid var(--edge); white-space: nowrap; }
.words { min-width: 20rem; text-align: left; white-space: normal; }
th { font-weight: 600; } tr > :first-child { text-align: left; position: sticky; left: 0; background: var(--paper); }
tbody tr:last-child > * { border-bottom: 0; }
figure { margin: 1rem 0 1.5rem; } figcaption { color: var(--quiet); font-size: .9rem; }
.plot { display: grid; gap: .25rem 1rem; } .plot:has(.legend) { grid-template-columns: minmax(0, 1fr) auto; }
.chart { display: block; width: 100%; height: auto; }
svg text { fill: var(--quiet); font-size: 14px; } svg .y { text-anchor: end; dominant-baseline: middle; }
svg .x { text-anchor: middle; dominant-baseline: hanging; } svg .label { text-anchor: middle; }
svg .grid { stroke: var(--edge); stroke-width: 1; } svg .axis { stroke: var(--quiet); } svg .rule { stroke: var(--quiet); stroke-dasharray: 2 4; }
svg .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
svg .published { stroke: var(--published); stroke-width: 3.5; } svg .reference { stroke: var(--ink); stroke-dasharray: 16 5; }
svg .marker { stroke: var(--paper); }
${light.lines.map((_, index) => `svg .line.c${index} { stroke: var(--c${index}); } svg .marker.c${index} { fill: var(--c${index}); }`).join(' ')}
${DASHES.map((dash, index) => `svg .d${index} { stroke-dasharray: ${dash}; }`).join(' ')}
.legend { list-style: none; align-self: center; margin: 0; padding: 0; color: var(--quiet); font-size: .85rem; }
.legend li { display: flex; align-items: center; gap: .5rem; } .legend svg { flex: none; width: 2.75rem; height: .75rem; }
@media (max-width: 48rem) { .plot:has(.legend) { grid-template-columns: minmax(0, 1fr); } .legend { justify-self: start; columns: 2 11rem; } .legend li { break-inside: avoid; }
  .words { white-space: nowrap; } .chart text { font-size: 22px; } .chart .x:nth-of-type(2n) { visibility: hidden; } }
@media print { body { max-width: none; } section { break-inside: avoid; } }
`
