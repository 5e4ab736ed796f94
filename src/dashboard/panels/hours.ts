import { element, part, setHidden, setText } from '../dom.ts'
import { decimal, stationClock, UNKNOWN, unitName } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import type { Interval } from '../outlook.ts'
import { outlookLine, READ_LEADS } from '../outlook.ts'
import type { ViewState } from '../view-state.ts'

/** The next hours in numbers, with their intervals. */
export function hoursPanel(root: ParentNode): Painter<ViewState> {
  const body = part(root, '#hours tbody', HTMLTableSectionElement)
  const unitNote = part(root, '#hours-unit', HTMLElement)
  const issued = part(root, '#hours-issued', HTMLElement)
  const empty = part(root, '#hours-empty', HTMLElement)
  const rows = READ_LEADS.map((lead) => {
    const row = element('tr')
    const cells = {
      at: element('td', { className: 'at', text: UNKNOWN }),
      mean: element('td', { className: 'figure strong', text: UNKNOWN }),
      half: element('td', { className: 'figure', text: UNKNOWN }),
      ninety: element('td', { className: 'figure', text: UNKNOWN }),
    }
    row.append(
      element('th', { text: `+${lead} h`, attributes: { scope: 'row' } }),
      cells.at,
      cells.mean,
      cells.half,
      cells.ninety,
    )
    body.append(row)
    return { lead, cells }
  })
  return {
    everyMs: 200,
    paint(state) {
      const { latestRun: run } = state
      const clock = stationClock(state.station?.time.utc_offset_minutes ?? 0)
      setText(unitNote, state.station ? unitName(state.station.unit) : '')
      setHidden(empty, run !== undefined)
      setText(
        issued,
        run
          ? `Issued ${clock.day(run.issuedAt)} ${clock.time(run.issuedAt)} by ${run.model}` +
              (run.weightsVersion > 0 ? `, network weights ${run.weightsVersion}` : '')
          : '',
      )
      for (const { lead, cells } of rows) {
        const line = run && outlookLine(run, lead)
        setText(cells.at, line ? clock.time(line.validAt) : UNKNOWN)
        setText(cells.mean, decimal(line?.mean, 1))
        setText(cells.half, intervalText(line?.half))
        setText(cells.ninety, intervalText(line?.ninety))
      }
    },
  }
}

function intervalText(interval: Interval | undefined): string {
  return interval ? `${decimal(interval.low, 1)}\u2009…\u2009${decimal(interval.high, 1)}` : UNKNOWN
}
