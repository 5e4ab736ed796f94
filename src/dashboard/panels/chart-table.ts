import { HOUR, type Instant, MINUTE, SECOND } from '../../domain/instant.ts'
import { type FanColumn, type FanData, fanDataOf } from '../charts/fan-data.ts'
import { element, part, setHidden, setText } from '../dom.ts'
import { decimal, type StationClock, stationClock, UNKNOWN, unitName } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import type { ViewState } from '../view-state.ts'

/** One line of the chart's values as a table. */
export interface ChartRow {
  readonly time: string
  readonly observed: string
  readonly forecast: string
  readonly ninety: string
  readonly dayBefore: string
}

/** A line an hour, and of a line that is drawn of little all of it: nobody reads five hundred lines. */
const ALL_UP_TO = 60

/** The chart's values by time, oldest first. Times before and after are left out where the chart leaves them out. */
export function chartRows(
  data: FanData,
  { clock, from, now }: { readonly clock: StationClock; readonly from: Instant; readonly now: Instant },
): ChartRow[] {
  const indices = data.times.flatMap((seconds, index) => (seconds * SECOND >= from ? [index] : []))
  const onTheHour = (index: number) =>
    (data.times[index]! * SECOND + clock.offsetMinutes * MINUTE) % HOUR === 0
  const shown = indices.length > ALL_UP_TO ? indices.filter(onTheHour) : indices
  return shown.map((index) => {
    const at = (column: FanColumn) => data.columns[column][index] ?? undefined
    const instant = data.times[index]! * SECOND
    const [mean, low, high, past] = [at('mean'), at('low90'), at('high90'), at('past')]
    const isForecast = instant > now
    return {
      time: `${clock.day(instant)} ${clock.time(instant)}`,
      observed: decimal(at('observed'), 1),
      forecast: isForecast ? decimal(mean, 1) : UNKNOWN,
      ninety: isForecast ? `${decimal(low, 1)} to ${decimal(high, 1)}` : UNKNOWN,
      dayBefore: decimal(past, 1),
    }
  })
}

const SPAN = 72 * HOUR

/** What the chart shows, in numbers, once somebody opens it. */
export function chartTable(root: ParentNode): Painter<ViewState> {
  const box = part(root, '#chart-table', HTMLDetailsElement)
  const body = part(box, 'tbody', HTMLTableSectionElement)
  const unit = part(box, '.unit', HTMLElement)
  const rows: HTMLTableRowElement[] = []
  let shown: ViewState | undefined
  const paint = () => {
    if (!box.open || !shown) return
    const clock = stationClock(shown.station?.time.utc_offset_minutes ?? 0)
    const data = fanDataOf(shown)
    const now = shown.observed.at(-1)?.time ?? 0
    const lines = chartRows(data, { clock, from: now - SPAN, now })
    setText(unit, shown.station ? unitName(shown.station.unit) : '')
    while (rows.length < lines.length) rows.push(appended(body))
    rows.forEach((row, index) => {
      const line = lines[index]
      setHidden(row, line === undefined)
      if (!line) return
      Object.values(line).forEach((text, cell) => {
        const node = row.children[cell]
        if (node) setText(node, text)
      })
    })
  }
  box.addEventListener('toggle', paint)
  return {
    everyMs: 1_000,
    paint(state) {
      shown = state
      paint()
    },
  }
}

function appended(body: HTMLElement): HTMLTableRowElement {
  const row = element('tr')
  row.append(element('th', { attributes: { scope: 'row' } }))
  for (let cell = 0; cell < 4; cell++) row.append(element('td', { className: 'figure' }))
  body.append(row)
  return row
}
