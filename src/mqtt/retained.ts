import type { Span } from '../domain/instant.ts'
import type { MqttLink } from './link.ts'

/** What is to stand on the broker, topic by topic: the newest of each, however often it changes or the broker is away. */
export interface RetainedTopics {
  /** Undefined: nothing is to stand there any more. */
  set(topic: string, payload: (() => string) | undefined): void
  /** The broker may have forgotten all: everything is published again. */
  renew(): void
  /** Publishes what waits, as far as the broker takes it. */
  flush(): Promise<void>
}

/** Of a topic that changes faster only the newest goes out. */
const AT_MOST_EVERY: Span = 1_000

interface Standing {
  payload: (() => string) | undefined
  /** Its newest payload has not been handed to the broker yet. */
  isNew: boolean
  publishing: Promise<void> | undefined
  timer: NodeJS.Timeout | undefined
  publishedAt: number
}

/** A payload is made when it goes out: one of many that were never asked for costs nothing. */
export function retainedTopics(
  link: Pick<MqttLink, 'publish' | 'isConnected'>,
  onError: (error: unknown) => void,
  every: Span = AT_MOST_EVERY,
): RetainedTopics {
  const topics = new Map<string, Standing>()

  async function publish(topic: string, one: Standing): Promise<void> {
    const { payload } = one
    clearTimeout(one.timer)
    one.timer = undefined
    one.isNew = false
    one.publishedAt = performance.now()
    try {
      await link.publish(topic, payload?.() ?? '')
      if (one.payload === undefined && !one.isNew) topics.delete(topic)
    } catch (error) {
      // Away: it is published when the broker is back.
      one.isNew = true
      if (link.isConnected) onError(error)
    }
  }

  function next(topic: string, one: Standing): void {
    if (!one.isNew || one.publishing || one.timer || !link.isConnected) return
    const wait = one.publishedAt + every - performance.now()
    if (wait > 0) {
      one.timer = setTimeout(() => {
        one.timer = undefined
        begin(topic, one)
      }, wait)
    } else begin(topic, one)
  }

  function begin(topic: string, one: Standing): void {
    if (one.publishing || !link.isConnected) return
    one.publishing = publish(topic, one).then(() => {
      one.publishing = undefined
      next(topic, one)
    })
  }

  return {
    set(topic, payload) {
      const one = topics.get(topic) ?? {
        payload,
        isNew: true,
        publishing: undefined,
        timer: undefined,
        publishedAt: Number.NEGATIVE_INFINITY,
      }
      one.payload = payload
      one.isNew = true
      topics.set(topic, one)
      next(topic, one)
    },
    renew() {
      for (const [topic, one] of topics) {
        one.isNew = true
        // What was under way when the connection was lost is not known to have arrived.
        one.publishing = undefined
        one.publishedAt = Number.NEGATIVE_INFINITY
        clearTimeout(one.timer)
        one.timer = undefined
        next(topic, one)
      }
    },
    async flush() {
      for (const [topic, one] of topics) {
        clearTimeout(one.timer)
        one.timer = undefined
        if (one.isNew) begin(topic, one)
      }
      await Promise.all([...topics.values()].map(({ publishing }) => publishing))
      for (const one of topics.values()) clearTimeout(one.timer)
    },
  }
}
