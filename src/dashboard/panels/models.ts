import { REFERENCE } from '../../domain/baselines.ts'
import { differenceUnit } from '../../domain/unit.ts'
import { lineOf } from '../charts/line-style.ts'
import { element, part, setHidden, setText } from '../dom.ts'
import { count, decimal, signedPercent } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { percent } from '../interval-coverage.ts'
import { bestExpert, type ModelLine, modelLines } from '../model-table.ts'
import { publishedModel, type ViewState } from '../view-state.ts'

interface Row {
  readonly swatch: HTMLElement
  readonly mae: HTMLElement
  readonly skill: HTMLElement
  readonly weight: HTMLElement
  readonly n: HTMLElement
}

/**
 * Rolling MAE of every model at the chosen lead over the chosen window, with skill against persistence and what it
 * weighs in the newest forecast. Those that the chart beside it draws have their line in front.
 */
export function modelsPanel(root: ParentNode): Painter<ViewState> {
  const body = part(root, '#models tbody', HTMLTableSectionElement)
  const unitNote = part(root, '#models-unit', HTMLElement)
  const empty = part(root, '#models-empty', HTMLElement)
  const table = part(root, '#models', HTMLTableElement)
  const unlike = part(root, '#unlike', HTMLElement)
  let rows = new Map<string, Row>()
  let built = ''

  const rebuild = (lines: readonly ModelLine[]) => {
    rows = new Map()
    body.replaceChildren(
      ...lines.map((line) => {
        const { row, cells } = modelRow(line)
        rows.set(line.model, cells)
        return row
      }),
    )
  }

  return {
    everyMs: 200,
    paint(state) {
      const { score, chosenLead: lead, chosenWindow: window } = state
      const scored = score !== undefined && Object.keys(score.models).length > 0
      setHidden(empty, scored)
      setHidden(table, !scored)
      setText(unitNote, score ? differenceUnit(score.unit) : '')
      setText(unlike, '')
      if (!score) return
      const published = publishedModel(state)
      const weights = state.latestRun?.weights
      const lines = modelLines(score, { published, lead, window, weights })
      const best = bestExpert(lines)
      if (lines.some((line) => line.fewer)) setText(unlike, '≈: scored on fewer forecasts than persistence.')
      const key = `${published}|${lines.map(({ model }) => model).join()}`
      if (key !== built) {
        rebuild(lines)
        built = key
      }
      for (const line of lines) {
        const row = rows.get(line.model)
        if (!row) continue
        const className = `swatch ${lineOf(line.model, { published, best }) ?? 'none'}`
        if (row.swatch.className !== className) row.swatch.className = className
        setText(row.mae, decimal(line.mae, 2))
        setText(row.skill, skillText(line))
        row.skill.dataset['sign'] = signOf(line.skill)
        setText(row.weight, line.role === 'published' ? '' : percent(line.weight, 0))
        setText(row.n, count(line.n))
      }
    },
  }
}

/** As the rounded figure has it: nothing is coloured that reads as zero. */
function signOf(skill: number | undefined): 'plus' | 'minus' | 'none' {
  const percent = Math.round((skill ?? 0) * 100)
  return percent === 0 ? 'none' : percent < 0 ? 'minus' : 'plus'
}

function skillText({ model, skill, fewer }: ModelLine): string {
  if (model === REFERENCE) return 'reference'
  return skill !== undefined && fewer ? `≈ ${signedPercent(skill)}` : signedPercent(skill)
}

function modelRow(line: ModelLine): { readonly row: HTMLElement; readonly cells: Row } {
  const row = element('tr', { className: line.role })
  const name = element('th', { attributes: { scope: 'row' } })
  const swatch = element('span', { attributes: { 'aria-hidden': 'true' } })
  name.append(swatch, line.title)
  if (line.role === 'published') name.append(element('span', { className: 'tag', text: 'published' }))
  const cells: Row = {
    swatch,
    mae: element('td', { className: 'figure strong' }),
    skill: element('td', { className: 'figure skill' }),
    weight: element('td', { className: 'figure' }),
    n: element('td', { className: 'figure quiet count' }),
  }
  row.append(name, cells.mae, cells.skill, cells.weight, cells.n)
  return { row, cells }
}
