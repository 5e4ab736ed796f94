import type { Topic } from '../protocol/topics.ts'

/** Topics under our prefix, written as over NATS with `/` for `.`. */
export interface MqttTopics {
  /** Whether we are there: `online`, or `offline` as the last will. */
  readonly availability: string
  /** Ticks for a station, whatever its station file maps. */
  tick(station: string): string
  published(station: string, topic: PublishedTopic): string
  /** What of a forecast Home Assistant's sensors show, and what they have as attributes. */
  state(station: string): string
  attributes(station: string): string
  /** Whether what comes on a topic is of ours, and so nothing that a sensor has said. */
  isOurs(topic: string): boolean
}

/** What goes out as it is on the bus. */
export const PUBLISHED = ['forecast', 'score', 'status'] as const satisfies readonly Topic[]
export type PublishedTopic = (typeof PUBLISHED)[number]

const OURS: ReadonlySet<string> = new Set([...PUBLISHED, 'state', 'attributes'])

export function mqttTopics(prefix: string): MqttTopics {
  const of = (station: string, name: string) => `${prefix}/v1/${station}/${name}`
  return {
    availability: `${prefix}/status`,
    tick: (station) => of(station, 'tick'),
    published: of,
    state: (station) => of(station, 'state'),
    attributes: (station) => of(station, 'attributes'),
    isOurs(topic) {
      if (topic === `${prefix}/status`) return true
      const [version, , name, ...more] = topic.startsWith(`${prefix}/`)
        ? topic.slice(prefix.length + 1).split('/')
        : []
      return version === 'v1' && more.length === 0 && OURS.has(name ?? '')
    },
  }
}

/** Whether a topic is one of those that a filter with `+` and `#` stands for. */
export function isMatch(filter: string, topic: string): boolean {
  const levels = filter.split('/')
  const parts = topic.split('/')
  // What a broker says of itself is meant by nobody who asks for all there is.
  if (parts[0]?.startsWith('$') && levels[0] !== parts[0]) return false
  for (const [index, level] of levels.entries()) {
    if (level === '#') return true
    if (index >= parts.length || (level !== '+' && level !== parts[index])) return false
  }
  return levels.length === parts.length
}
