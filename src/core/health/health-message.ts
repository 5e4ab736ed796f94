import { formatInstant } from '../../domain/instant.ts'
import type { SensorHealthMessage } from '../../protocol/sensor-health.ts'
import type { HealthState } from './health-state.ts'

/** How the target's sensor stands, as it travels. */
export function healthMessage({ fault, ended, said, faults, masked }: HealthState): SensorHealthMessage {
  return {
    state: fault?.kind ?? 'ok',
    ...(fault && {
      fault: {
        fault: fault.kind,
        since: formatInstant(fault.since),
        masked: fault.rows,
        value: said?.value ?? fault.from,
        accepted: fault.from,
        ...(fault.unit !== undefined && { looks_like: fault.unit }),
      },
    }),
    ...(ended && {
      ended: {
        fault: ended.kind,
        since: formatInstant(ended.since),
        masked: ended.rows,
        until: formatInstant(ended.until),
        how: ended.how,
      },
    }),
    faults,
    masked,
  }
}
