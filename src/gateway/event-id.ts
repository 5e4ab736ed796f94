import type { ClientTopic } from '../protocol/topics.ts'

/** Where a client stood: the server that counted, and the offset of each topic. */
export interface Position {
  readonly epoch: string
  readonly offsets: Readonly<Record<string, number>>
}

/** The `id` of an event: where a client is that has seen it, `EPOCH;reading=812;forecast=40`. */
export function eventId({ epoch, offsets }: Position): string {
  return [epoch, ...Object.entries(offsets).map(([topic, offset]) => `${topic}=${offset}`)].join(';')
}

/** Undefined where it is none of ours. */
export function positionOf(id: string, topics: readonly ClientTopic[]): Position | undefined {
  const [epoch = '', ...parts] = id.split(';')
  const offsets: Record<string, number> = {}
  for (const part of parts) {
    const [, name, offset] = /^([a-z]+)=(\d{1,15})$/.exec(part) ?? []
    const topic = topics.find((known) => known === name)
    if (topic !== undefined) offsets[topic] = Number(offset)
  }
  return /^[0-9A-Z]{1,64}$/.test(epoch) && Object.keys(offsets).length > 0 ? { epoch, offsets } : undefined
}
