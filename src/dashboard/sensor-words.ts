import type { SensorHealthMessage } from '../protocol/sensor-health.ts'
import type { StatusMessage } from '../protocol/status.ts'
import { type StationClock, unitName } from './format.ts'

const FAULTS: Readonly<Record<Exclude<SensorHealthMessage['state'], 'ok'>, string>> = {
  spike: 'the sensor has jumped',
  shift: 'the sensor is on another level',
  stuck: 'the sensor is stuck',
}

const ENDS: Readonly<Record<NonNullable<SensorHealthMessage['ended']>['how'], string>> = {
  over: 'it is back',
  new_level: 'the new level is believed',
  accepted: 'accepted as real',
}

/** What is wrong with the sensor in a few words; undefined where nothing is. */
export function faultName(status: StatusMessage | undefined): string | undefined {
  const { fault } = status?.health ?? {}
  return fault && FAULTS[fault.fault]
}

/** What is wrong with the sensor, and what that means; undefined where nothing is. */
export function faultText(status: StatusMessage | undefined, clock: StationClock): string | undefined {
  const { fault } = status?.health ?? {}
  if (!status || !fault) return undefined
  const unit = (value: number) => `${value} ${unitName(status.unit)}`.trim()
  const looks = fault.looks_like === undefined ? '' : `, which looks like ${unitName(fault.looks_like)}`
  return (
    `${FAULTS[fault.fault]} since ${moment(fault.since, clock)}: it says ${unit(fault.value)}${looks}, ` +
    `after ${unit(fault.accepted)}; not scored, not learnt from`
  )
}

/** A line for a list of facts. */
export function sensorFact(health: SensorHealthMessage | undefined, clock: StationClock): string {
  if (!health) return 'not watched'
  const { fault, ended, masked } = health
  if (fault) return `${fault.fault} since ${moment(fault.since, clock)}, ${fault.masked} masked`
  if (!ended) return 'ok'
  return `ok; ${ended.fault} until ${moment(ended.until, clock)}: ${ENDS[ended.how]}; ${masked} masked in all`
}

function moment(at: string, clock: StationClock): string {
  const instant = Date.parse(at)
  return `${clock.date(instant)} ${clock.time(instant)}`
}
