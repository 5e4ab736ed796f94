import type { RejectedMessage } from '../../protocol/rejected.ts'
import { askedText } from '../asked-words.ts'
import { element, part, setHidden, setText } from '../dom.ts'
import { count, type StationClock, stationClock, UNKNOWN } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { sensorFact } from '../sensor-words.ts'
import type { ViewState } from '../view-state.ts'
import { facts } from './facts.ts'

/** As many of the newest rejections as are shown. */
const SHOWN = 3

/** What came in, and what of it could not be used. */
export function healthPanel(root: ParentNode): Painter<ViewState> {
  const list = facts(root, '#health', {
    rows: 'Rows',
    readings: 'Readings',
    rejected: 'Rejected',
    late: 'Late',
    masked: 'Masked',
    bridged: 'Bridged',
    gaps: 'Gaps',
    sensor: 'Sensor',
  })
  const asked = part(root, '#asked', HTMLElement)
  const rejections = part(root, '#rejections', HTMLElement)
  const items = Array.from({ length: SHOWN }, () => {
    const item = element('li')
    item.hidden = true
    rejections.append(item)
    return item
  })
  return {
    everyMs: 200,
    paint({ status, station }) {
      const intake = status?.intake
      const figure = (value: number | undefined) => (value === undefined ? UNKNOWN : count(value))
      list.set('rows', figure(intake?.rows))
      list.set('readings', figure(intake?.readings))
      list.set('rejected', figure(intake?.rejected))
      list.set('late', figure(intake && (intake.rejected_by_reason['late'] ?? 0)))
      list.set('masked', figure(intake?.masked))
      list.set('bridged', figure(intake?.bridged))
      list.set('gaps', figure(intake?.gaps))
      const clock = stationClock(station?.time.utc_offset_minutes ?? 0)
      list.set('sensor', status ? sensorFact(status.health, clock) : UNKNOWN)
      const issuers = askedText(status?.outside, clock)
      setHidden(asked, issuers === '')
      setText(asked, `Asked for forecasts: ${issuers}`)
      const newest = intake?.last_rejected ?? []
      items.forEach((item, index) => {
        const rejected = newest[index]
        setHidden(item, rejected === undefined && index > 0)
        setText(item, rejected ? rejectionText(rejected, clock) : 'Nothing rejected.')
      })
    },
  }
}

export function rejectionText(
  { event_time, field, value, rule, reason }: RejectedMessage,
  clock: StationClock,
): string {
  const instant = Date.parse(event_time)
  // What was not even a row has no time.
  const when = Number.isNaN(instant)
    ? event_time || 'no time'
    : `${clock.date(instant)} ${clock.time(instant)}`
  // For a rejected stamp the time that leads the line is all there is to show.
  const what =
    field === 'event_time' && !Number.isNaN(instant)
      ? ''
      : `, ${value === null ? field : `${field} ${value}`}`
  return `${when}: ${reason.replaceAll('_', ' ')}${what} (${rule})`
}
