import { differenceUnit } from '../../domain/unit.ts'
import type { ScoreMessage, ScoreWindow } from '../../protocol/scores.ts'
import { lineStyle } from '../charts/line-style.ts'
import { element, part, setHidden, setText } from '../dom.ts'
import { count, decimal, signedPercent } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { type ModelLine, modelLines, REFERENCE } from '../model-table.ts'
import { publishedModel, type ViewState } from '../view-state.ts'

interface Row {
  readonly mae: HTMLElement
  readonly skill: HTMLElement
  readonly n: HTMLElement
}

/** Rolling MAE of every model at the chosen lead over the chosen window, with skill against persistence. */
export function modelsPanel(root: ParentNode): Painter<ViewState> {
  const body = part(root, '#models tbody', HTMLTableSectionElement)
  const unitNote = part(root, '#models-unit', HTMLElement)
  const empty = part(root, '#models-empty', HTMLElement)
  const table = part(root, '#models', HTMLTableElement)
  const coverage = part(root, '#coverage', HTMLElement)
  let rows = new Map<string, Row>()
  let built = ''

  const rebuild = (lines: readonly ModelLine[], published: string) => {
    const models = lines.map(({ model }) => model)
    rows = new Map()
    body.replaceChildren(
      ...lines.map((line) => {
        const { row, cells } = modelRow(line, lineStyle(line.model, models, published).name)
        rows.set(line.model, cells)
        return row
      }),
    )
  }

  return {
    everyMs: 200,
    paint(state) {
      const { score, chosenLead: lead, chosenWindow: window } = state
      setHidden(empty, score !== undefined)
      setHidden(table, score === undefined)
      setText(unitNote, score ? differenceUnit(score.unit) : '')
      if (!score) {
        setText(coverage, '')
        return
      }
      const published = publishedModel(state)
      const lines = modelLines(score, { published, lead, window })
      const unlike = lines.some((line) => line.fewer) ? ' ≈: scored on fewer forecasts than persistence.' : ''
      setText(coverage, `${coverageWords(score, { lead, window })}${unlike}`)
      const key = `${published}|${lines.map(({ model }) => model).join()}`
      if (key !== built) {
        rebuild(lines, published)
        built = key
      }
      for (const line of lines) {
        const row = rows.get(line.model)
        if (!row) continue
        setText(row.mae, decimal(line.mae, 2))
        setText(row.skill, skillWords(line))
        row.skill.dataset['sign'] = signOf(line.skill)
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

function skillWords({ model, skill, fewer }: ModelLine): string {
  if (model === REFERENCE) return 'reference'
  return skill !== undefined && fewer ? `≈ ${signedPercent(skill)}` : signedPercent(skill)
}

function modelRow(line: ModelLine, styleName: string): { readonly row: HTMLElement; readonly cells: Row } {
  const row = element('tr', { className: line.role })
  const name = element('th', { attributes: { scope: 'row' } })
  name.append(
    element('span', { className: `swatch ${styleName}`, attributes: { 'aria-hidden': 'true' } }),
    line.title,
  )
  if (line.role === 'published') name.append(element('span', { className: 'tag', text: 'published' }))
  const cells: Row = {
    mae: element('td', { className: 'figure strong' }),
    skill: element('td', { className: 'figure skill' }),
    n: element('td', { className: 'figure quiet' }),
  }
  row.append(name, cells.mae, cells.skill, cells.n)
  return { row, cells }
}

interface Place {
  readonly lead: number
  readonly window: ScoreWindow
}

function coverageWords({ coverage90, width90, unit }: ScoreMessage, { lead, window }: Place): string {
  const share = coverage90[String(lead)]?.[window] ?? undefined
  const width = width90[String(lead)]?.[window] ?? undefined
  if (share === undefined) return ''
  const wide = width === undefined ? '' : `, ${decimal(width, 1)} ${differenceUnit(unit)} wide`
  return `The 90 % interval at +${lead} h held ${decimal(share * 100, 1)} % of what came${wide}.`
}
