import { HOUR } from '../../domain/instant.ts'
import { differenceUnit } from '../../domain/unit.ts'
import type { ScoreMessage, ScoreWindow } from '../../protocol/scores.ts'
import { part, setLongest, setText } from '../dom.ts'
import { count, decimal, signedPercent, stationClock, targetName, UNKNOWN, unitName } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { isOfThePast } from '../freshness.ts'
import { areTried } from '../interval-coverage.ts'
import { modelLines, scoredOver } from '../model-table.ts'
import { MOMENT_EVERY_MS, momentOf, publishedModel } from '../moment.ts'
import { outlookLine } from '../outlook.ts'
import type { ViewState } from '../view-state.ts'

/** Forecasts come by the hour: one of before that is not counted from now. */
const OLD = 2 * HOUR

/** The three main figures: newest measurement, forecast, and error so far. */
export function readouts(root: ParentNode, wallNow: () => number): Painter<ViewState> {
  const now = figure(root, '#readout-now')
  const next = figure(root, '#readout-next')
  const error = figure(root, '#readout-error')
  return {
    everyMs: MOMENT_EVERY_MS,
    paint(state) {
      const unit = unitName(state.station?.unit ?? '')
      const clock = stationClock(state.station?.time.utc_offset_minutes ?? 0)
      const { reading, run } = momentOf(state)
      const about = state.station ? `, ${targetName(state.station.target)}` : ''
      setLongest(now.titleBox, `Last${about}`)
      setLongest(next.noteBox, `90 % interval, untried: −1888.8 to −1888.8 ${unit}`)
      const isPast = isOfThePast(state, wallNow())
      setText(now.title, `${isPast ? 'Last' : 'Now'}${about}`)
      setText(now.value, decimal(reading?.value, 1))
      setText(now.unit, unit)
      setText(now.note, reading ? `${clock.stamp(reading.time)} ${clock.zone}` : 'no reading yet')

      const line = run && outlookLine(run, 24)
      const isOld = run && reading && reading.time - run.issuedAt >= OLD
      const due =
        line && (isPast || isOld)
          ? `For ${clock.day(line.validAt)} ${clock.time(line.validAt)}`
          : 'In 24 hours'
      setText(next.title, due)
      setText(next.value, decimal(line?.mean, 1))
      setText(next.unit, unit)
      setText(
        next.note,
        line?.ninety
          ? `${areTried(state) ? '90 % sure' : '90 % interval, untried'}: ${decimal(line.ninety.low, 1)} to ${decimal(line.ninety.high, 1)} ${unit}`
          : 'no forecast yet',
      )
      paintError(error, state)
    },
  }
}

interface Figure {
  readonly title: HTMLElement
  readonly titleBox: HTMLElement
  readonly value: HTMLElement
  readonly unit: HTMLElement
  readonly note: HTMLElement
  readonly noteBox: HTMLElement
}

function figure(root: ParentNode, selector: string): Figure {
  const box = part(root, selector, HTMLElement)
  return {
    title: part(box, 'h2 span', HTMLElement),
    titleBox: part(box, 'h2', HTMLElement),
    value: part(box, '.value', HTMLElement),
    unit: part(box, '.unit', HTMLElement),
    note: part(box, '.note span', HTMLElement),
    noteBox: part(box, '.note', HTMLElement),
  }
}

const WINDOW_WORDS = {
  '1d': 'last day',
  '7d': 'last 7 days',
  '30d': 'last 30 days',
  all: 'since the start',
}

/** What a window is called: where all there is lies within, it is as long as that. */
export function windowWords(
  score: ScoreMessage | undefined,
  {
    published,
    lead,
    window,
  }: { readonly published: string; readonly lead: number; readonly window: ScoreWindow },
): string {
  const over = (of: ScoreWindow): number => scoredOver(score, { model: published, lead, window: of })
  return WINDOW_WORDS[over('all') > 0 && over(window) === over('all') ? 'all' : window]
}

function paintError({ title, value, unit, note }: Figure, state: ViewState): void {
  const { score, chosenWindow: window, chosenLead: lead } = state
  const published = publishedModel(state)
  const line =
    score && modelLines(score, { published, lead, window }).find(({ role }) => role === 'published')
  setText(title, `Mean error at +${lead} h, ${windowWords(score, { published, lead, window })}`)
  setText(value, decimal(line?.mae, 2))
  setText(unit, score ? differenceUnit(score.unit) : '')
  setText(
    note,
    line?.mae === undefined ? 'not scored yet' : `${skillText(line.skill)}; over ${count(line.n)} forecasts`,
  )
}

function skillText(skill: number | undefined): string {
  const percent = signedPercent(skill)
  if (skill === undefined || percent === UNKNOWN) return 'no comparison with persistence yet'
  if (percent === '0 %') return 'as good as persistence'
  return `${percent.slice(1)} ${skill > 0 ? 'better' : 'worse'} than persistence`
}
