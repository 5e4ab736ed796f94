/** How reports look: one file, no font or picture from elsewhere; light and dark by what the reader prefers. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #59636e; --paper: #fff; --panel: #f5f7f9; --edge: #d8dee4;
  --published: #0b62c4; --reference: #59636e;
  --s0: #c2410c; --s1: #0f766e; --s2: #a21caf; --s3: #4d7c0f; --s4: #b45309; --s5: #be123c; --s6: #4338ca; --s7: #047857; --s8: #7c2d12; --s9: #86198f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --quiet: #9aa5b1; --paper: #14181d; --panel: #1c2229; --edge: #333c46;
  --published: #6cb6ff; --reference: #9aa5b1;
  --s0: #fb923c; --s1: #2dd4bf; --s2: #e879f9; --s3: #a3e635; --s4: #fbbf24; --s5: #fb7185; --s6: #a5b4fc; --s7: #34d399; --s8: #fdba74; --s9: #f0abfc; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 66rem; padding: 1.25rem 1rem 3rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
p { margin: .5rem 0; } .quiet { color: var(--quiet); font-size: .9rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .6rem; margin: 1.25rem 0; }
dl div { background: var(--panel); border: 1px solid var(--edge); border-radius: .5rem; padding: .5rem .75rem; }
dt { color: var(--quiet); font-size: .8rem; } dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .87rem; }
th, td { padding: .25rem .5rem; text-align: right; border-bottom: 1px solid var(--edge); white-space: nowrap; }
th { font-weight: 600; } tr > :first-child { text-align: left; position: sticky; left: 0; background: var(--paper); }
tbody tr:last-child > * { border-bottom: 0; }
figure { margin: .75rem 0; } figcaption { color: var(--quiet); font-size: .9rem; }
figure > svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--quiet); font-size: 14px; } svg .y { text-anchor: end; dominant-baseline: middle; }
svg .x { text-anchor: middle; dominant-baseline: hanging; } svg .label { text-anchor: middle; }
svg .grid { stroke: var(--edge); stroke-width: 1; } svg .axis { stroke: var(--quiet); } svg .rule { stroke: var(--quiet); stroke-dasharray: 2 4; }
svg .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
svg .published { stroke: var(--published); stroke-width: 3.5; } svg .reference { stroke: var(--reference); stroke-dasharray: 7 5; }
${Array.from({ length: 10 }, (_, index) => `svg .s${index} { stroke: var(--s${index}); }`).join(' ')}
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: .4rem 0 0; padding: 0; }
.legend li { display: flex; align-items: center; gap: .4rem; } .legend svg { width: 1.75rem; height: .5rem; }
@media (max-width: 40rem) { figure > svg text { font-size: 22px; } figure > svg .x:nth-of-type(2n) { visibility: hidden; } }
@media print { body { max-width: none; } section { break-inside: avoid; } }
`
