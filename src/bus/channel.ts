import type { Topic } from '../protocol/topics.ts'
import type { Delivery } from './bus.ts'
import type { Mailbox } from './mailbox.ts'

export interface Subscriber<T extends Topic> {
  /** Undefined: of all stations. */
  readonly station: string | undefined
  readonly box: Mailbox<Delivery<T>>
}

/** All subscribers of one topic, and the order in which messages reach them. */
export class Channel<T extends Topic> {
  private subscribers: readonly Subscriber<T>[] = []
  private publishing = false
  private readonly nested: Delivery<T>[] = []

  /**
   * Where a handler publishes on the topic it listens to, its message waits until everybody has had the one that
   * caused it: otherwise those further down the list would get the two in the wrong order.
   */
  publish(delivery: Delivery<T>): Promise<void> | undefined {
    if (this.publishing) {
      this.nested.push(delivery)
      return undefined
    }
    this.publishing = true
    let room = this.fanOut(delivery)
    for (let next = this.nested.shift(); next !== undefined; next = this.nested.shift())
      room = this.fanOut(next) ?? room
    this.publishing = false
    return room
  }

  private fanOut(delivery: Delivery<T>): Promise<void> | undefined {
    let full: Promise<void>[] | undefined
    for (const { station, box } of this.subscribers) {
      if (station !== undefined && station !== delivery.station) continue
      box.offer(delivery)
      const room = box.room()
      if (room) {
        full ??= []
        full.push(room)
      }
    }
    return full && Promise.all(full).then(() => undefined)
  }

  /** Whether anybody hears of a station. */
  reaches(station: string): boolean {
    return this.subscribers.some((each) => each.station === undefined || each.station === station)
  }

  add(subscriber: Subscriber<T>): void {
    this.subscribers = [...this.subscribers, subscriber]
  }

  remove(subscriber: Subscriber<T>): void {
    this.subscribers = this.subscribers.filter((each) => each !== subscriber)
  }

  /** `of`: by those who hear of that station; undefined: by all. */
  async drained(of?: string): Promise<void> {
    const theirs = this.subscribers.filter(
      ({ station }) => of === undefined || station === undefined || station === of,
    )
    await Promise.all(theirs.map(({ box }) => box.drained()))
  }

  close(): void {
    for (const { box } of this.subscribers) box.close()
    this.subscribers = []
  }
}
