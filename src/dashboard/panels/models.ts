import { REFERENCE } from '../../domain/baselines.ts'
import { HOUR } from '../../domain/instant.ts'
import { differenceUnit } from '../../domain/unit.ts'
import { type LineName, lineOf } from '../charts/line-style.ts'
import { dressSwatch, swatch } from '../charts/swatch.ts'
import { element, part, setHidden, setText, setTitle } from '../dom.ts'
import { count, errorFigure, signedPercent, stationClock } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { percent } from '../interval-coverage.ts'
import { bestExpert, type ModelLine, modelLines } from '../model-table.ts'
import { MOMENT_EVERY_MS, momentOf, publishedModel } from '../moment.ts'
import type { ViewState } from '../view-state.ts'

interface Row {
  readonly row: HTMLElement
  readonly swatch: SVGElement
  readonly name: HTMLElement
  readonly tag: HTMLElement
  readonly mae: HTMLElement
  readonly skill: HTMLElement
  readonly weight: HTMLElement
  readonly n: HTMLElement
}

/**
 * Rolling MAE of every model at the chosen lead over the chosen window, with skill against persistence and what it
 * weighs in the newest forecast, the best first. Those that the chart beside it draws have their line in front. Rows
 * keep their places: what stands in them changes.
 */
export function modelsPanel(root: ParentNode): Painter<ViewState> {
  const body = part(root, '#models tbody', HTMLTableSectionElement)
  const unitNote = part(root, '#models-unit', HTMLElement)
  const empty = part(root, '#models-empty', HTMLElement)
  const table = part(root, '#models', HTMLTableElement)
  const unlike = part(root, '#unlike span', HTMLElement)
  const rows: Row[] = []

  return {
    everyMs: MOMENT_EVERY_MS,
    paint(state) {
      const { score, chosenLead: lead, chosenWindow: window } = state
      const scored = score !== undefined && Object.keys(score.models).length > 0
      setHidden(empty, scored)
      if (!scored) setText(empty, noScoreText(state))
      const published = publishedModel(state)
      const weights = momentOf(state).run?.weights
      const lines = modelLines(score, { published, lead, window, weights })
      setHidden(table, lines.length === 0)
      setText(unitNote, state.station ? differenceUnit(state.station.unit) : '')
      setText(unlike, '')
      const best = bestExpert(lines)
      if (lines.some(({ paired }) => !paired)) setText(unlike, UNLIKE)
      while (rows.length < lines.length) rows.push(appendedRow(body))
      rows.forEach((row, index) => {
        const line = lines[index]
        setHidden(row.row, line === undefined)
        if (line) paintRow(row, { line, drawnAs: lineOf(line.model, { published, best }) })
      })
    },
  }
}

const UNLIKE = 'In grey: scored over other forecasts than those above, so not ranked with them.'

function paintRow(
  row: Row,
  { line, drawnAs }: { readonly line: ModelLine; readonly drawnAs: LineName | undefined },
): void {
  const { role, paired } = line
  const className = paired ? role : `${role} unlike`
  if (row.row.className !== className) row.row.className = className
  dressSwatch(row.swatch, paired ? drawnAs : undefined)
  setText(row.name, line.title)
  setTitle(row.name, line.title)
  setHidden(row.tag, role !== 'published')
  setText(row.mae, errorFigure(line.mae))
  setText(row.skill, line.model === REFERENCE ? 'reference' : signedPercent(line.skill))
  row.skill.dataset['sign'] = signOf(line.skill)
  setText(row.weight, role === 'published' ? '' : percent(line.weight, 0))
  setText(row.n, count(line.n))
}

/** When the first scores are due: of the oldest forecast, an hour and a day after it was issued. */
function noScoreText({ runs, station }: ViewState): string {
  const [first] = runs
  const rule = 'No score yet. A forecast is scored once its hour has come and was measured'
  if (!first) return `${rule}.`
  const clock = stationClock(station?.time.utc_offset_minutes ?? 0)
  const due = (hours: number) => clock.stamp(first.issuedAt + hours * HOUR)
  return `${rule}: the first of an hour ahead ${due(1)}, the first of 24 hours ahead ${due(24)} ${clock.zone}.`
}

/** As the rounded figure has it: nothing is coloured that reads as zero. */
function signOf(skill: number | undefined): 'plus' | 'minus' | 'none' {
  const percent = Math.round((skill ?? 0) * 100)
  return percent === 0 ? 'none' : percent < 0 ? 'minus' : 'plus'
}

function appendedRow(body: HTMLElement): Row {
  const row = element('tr')
  const head = element('th', { attributes: { scope: 'row' } })
  const made: Row = {
    row,
    swatch: swatch(),
    name: element('span'),
    tag: element('span', { className: 'tag', text: 'published' }),
    mae: element('td', { className: 'figure strong' }),
    skill: element('td', { className: 'figure skill' }),
    weight: element('td', { className: 'figure' }),
    n: element('td', { className: 'figure quiet count' }),
  }
  head.append(made.swatch, made.name, made.tag)
  row.append(head, made.mae, made.skill, made.weight, made.n)
  body.append(row)
  return made
}
