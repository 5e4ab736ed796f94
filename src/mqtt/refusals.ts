import type { Instant, Span } from '../domain/instant.ts'
import { MINUTE } from '../domain/instant.ts'
import type { RejectedMessage } from '../protocol/rejected.ts'

/** Of one kind, this often at most. */
const TOLD_EVERY: Span = 10 * MINUTE
const MOST_KINDS = 256

interface Told {
  readonly at: Instant
  /** How many of its kind have been refused since. */
  readonly since: number
}

/** Whether it came over MQTT and was refused. What comes twice is no fault of its sender: radios say everything three times. */
export function isRefusal({ tick, reason }: Pick<RejectedMessage, 'tick' | 'reason'>): boolean {
  return topicOf(tick) !== undefined && reason !== 'duplicate'
}

function topicOf(tick: string): string | undefined {
  return /^mqtt\/[^/]+\/\d+\/(.*)$/.exec(tick)?.[1]
}

/**
 * Says what of a topic was refused and why, the first of a kind at once and further ones seldom; all of them are counted in
 * the status.
 */
export function refusalTeller(
  tell: (text: string) => void,
  now: () => Instant,
): (rejected: Pick<RejectedMessage, 'tick' | 'field' | 'value' | 'rule' | 'reason'>) => void {
  const told = new Map<string, Told>()
  return ({ tick, field, value, rule, reason }) => {
    const topic = topicOf(tick)
    if (topic === undefined || !isRefusal({ tick, reason })) return
    const kind = `${topic} ${field} ${reason}`
    const before = told.get(kind)
    if (before && now() - before.at < TOLD_EVERY) {
      told.set(kind, { at: before.at, since: before.since + 1 })
      return
    }
    if (told.size >= MOST_KINDS) told.clear()
    told.set(kind, { at: now(), since: 0 })
    const more = before && before.since > 0 ? `; ${before.since} more of its kind before` : ''
    const place = field === topic ? '' : `${field}: `
    tell(`${topic}: ${place}${JSON.stringify(value)} breaks the rule: ${rule}${more}`)
  }
}
