import type { SensorHealthMessage } from '../protocol/sensor-health.ts'

/** How a sensor stands, for the log. */
export function healthText({ state, fault, ended }: SensorHealthMessage): string {
  if (fault) {
    const looks = fault.looks_like === undefined ? '' : `, looks like ${fault.looks_like}`
    return `sensor ${state} since ${fault.since}: says ${fault.value} after ${fault.accepted}${looks}; masked until it is over`
  }
  return ended ? `sensor ok: ${ended.fault} since ${ended.since} is over (${ended.how})` : 'sensor ok'
}
