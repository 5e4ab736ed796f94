import { connectAsync, type MqttClient } from 'mqtt'

export interface SeenMessage {
  readonly topic: string
  readonly payload: string
  readonly retained: boolean
}

/** A client of a broker, as a device or Home Assistant is one. */
export interface TestClient {
  /** All that came, in order. */
  readonly seen: readonly SeenMessage[]
  /** The newest payload of a topic. */
  newest(topic: string): string | undefined
  publish(topic: string, payload: string | Buffer, options?: { readonly retain?: boolean }): Promise<void>
  close(): Promise<void>
}

const open = new Set<MqttClient>()
/** Whatever a test left open. */
export async function closeClients(): Promise<void> {
  await Promise.all([...open].map((client) => client.endAsync(true)))
  open.clear()
}

export async function mqttClient(
  url: string,
  filters: readonly string[] = ['#'],
  { username, password }: { readonly username?: string; readonly password?: string } = {},
): Promise<TestClient> {
  const client = await connectAsync(url, {
    protocolVersion: 4,
    reconnectPeriod: 100,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  })
  open.add(client)
  // Its broker may be killed in a test.
  client.on('error', () => undefined)
  const seen: SeenMessage[] = []
  const newest = new Map<string, string>()
  client.on('message', (topic, bytes, { retain }) => {
    const payload = bytes.toString()
    seen.push({ topic, payload, retained: retain })
    newest.set(topic, payload)
  })
  if (filters.length > 0) await client.subscribeAsync([...filters], { qos: 1 })
  return {
    seen,
    newest: (topic) => newest.get(topic),
    publish: async (topic, payload, { retain = false } = {}) =>
      void (await client.publishAsync(topic, payload, { qos: 1, retain })),
    async close() {
      open.delete(client)
      await client.endAsync(true)
    },
  }
}
