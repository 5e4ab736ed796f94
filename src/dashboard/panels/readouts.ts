import { differenceUnit } from '../../domain/unit.ts'
import { part, setText } from '../dom.ts'
import { decimal, signedPercent, stationClock, targetName, UNKNOWN, unitName } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { modelLines } from '../model-table.ts'
import { outlookLine } from '../outlook.ts'
import { publishedModel, type ViewState } from '../view-state.ts'

/** The three main figures: newest measurement, forecast, and error so far. */
export function readouts(root: ParentNode): Painter<ViewState> {
  const now = figure(root, '#readout-now')
  const next = figure(root, '#readout-next')
  const error = figure(root, '#readout-error')
  return {
    everyMs: 200,
    paint(state) {
      const unit = unitName(state.station?.unit ?? '')
      const clock = stationClock(state.station?.time.utc_offset_minutes ?? 0)
      const { latest, latestRun } = state
      setText(now.title, state.station ? `Now, ${targetName(state.station.target)}` : 'Now')
      setText(now.value, decimal(latest?.value, 1))
      setText(now.unit, unit)
      setText(now.note, latest ? `${clock.stamp(latest.time)} ${clock.zone}` : 'no reading yet')

      const line = latestRun && outlookLine(latestRun, 24)
      setText(next.value, decimal(line?.mean, 1))
      setText(next.unit, unit)
      setText(
        next.note,
        line?.ninety
          ? `90 % sure: ${decimal(line.ninety.low, 1)} to ${decimal(line.ninety.high, 1)} ${unit}`
          : 'no forecast yet',
      )
      paintError(error, state)
    },
  }
}

interface Figure {
  readonly title: HTMLElement
  readonly value: HTMLElement
  readonly unit: HTMLElement
  readonly note: HTMLElement
}

function figure(root: ParentNode, selector: string): Figure {
  const box = part(root, selector, HTMLElement)
  return {
    title: part(box, 'h2', HTMLElement),
    value: part(box, '.value', HTMLElement),
    unit: part(box, '.unit', HTMLElement),
    note: part(box, '.note', HTMLElement),
  }
}

export const WINDOW_WORDS = {
  '1d': 'last day',
  '7d': 'last 7 days',
  '30d': 'last 30 days',
  all: 'since the start',
}

function paintError({ title, value, unit, note }: Figure, state: ViewState): void {
  const { score, chosenWindow: window, chosenLead: lead } = state
  const published = publishedModel(state)
  const line =
    score && modelLines(score, { published, lead, window }).find(({ role }) => role === 'published')
  setText(title, `Mean error at +${lead} h, ${WINDOW_WORDS[window]}`)
  setText(value, decimal(line?.mae, 2))
  setText(unit, score ? differenceUnit(score.unit) : '')
  setText(note, line?.mae === undefined ? 'not scored yet' : skillText(line.skill))
}

function skillText(skill: number | undefined): string {
  const percent = signedPercent(skill)
  if (skill === undefined || percent === UNKNOWN) return 'no comparison with persistence yet'
  if (percent === '0 %') return 'as good as persistence'
  return `${percent.slice(1)} ${skill > 0 ? 'better' : 'worse'} than persistence`
}
