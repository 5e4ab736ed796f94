import { Counter, Gauge, type Registry } from 'prom-client'

/** How the link to a broker stands; counts are since the start. */
export interface BrokerStanding {
  /** Its URL without credentials. */
  readonly address: string
  readonly isConnected: boolean
  readonly received: number
  readonly refused: number
  readonly published: number
}

/** Of a process that joins no broker there are none. */
export function brokerMetrics(
  broker: () => BrokerStanding | undefined,
  { registers }: { readonly registers: Registry[] },
): void {
  const labelNames = ['broker'] as const
  new Gauge({
    name: 'tickcast_mqtt_connected',
    help: '1 where the MQTT broker is there, 0 where it is away and tried again.',
    labelNames,
    registers,
    collect() {
      this.reset()
      const now = broker()
      if (now) this.set({ broker: now.address }, now.isConnected ? 1 : 0)
    },
  })
  const counted = (name: string, help: string, read: (standing: BrokerStanding) => number): void => {
    new Counter({
      name: `tickcast_mqtt_${name}_total`,
      help,
      labelNames,
      registers,
      collect() {
        this.reset()
        const now = broker()
        if (now) this.inc({ broker: now.address }, read(now))
      },
    })
  }
  counted('received', 'Messages that the broker handed over.', ({ received }) => received)
  counted(
    'refused',
    'Messages of the broker, or ticks in them, that were refused; those that came twice are not counted.',
    ({ refused }) => refused,
  )
  counted('published', 'Messages that the broker has taken.', ({ published }) => published)
}
