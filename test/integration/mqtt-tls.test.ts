import { execFileSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../support/files.ts'
import { describeWithMosquitto, type Mosquitto, startMosquitto } from '../support/mosquitto.ts'
import { closeClients, mqttClient } from '../support/mqtt-client.ts'
import { freePort, type Running, startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const ROOF = `id: roof
topic: roof/sensor
time: { utc_offset: "+00:00" }
cadence: 1s
target: temp
channels: [{ name: temp, column: t, unit: degC, min: -40, max: 60 }]
`

interface Certificates {
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

/** An authority that nobody knows, and what it signs for a server on the loopback interface. */
async function certificates(): Promise<Certificates> {
  const extensions = await files.write('server.ext', 'subjectAltName=IP:127.0.0.1')
  const at = (name: string): string => extensions.replace('server.ext', name)
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'ignore' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...newKey, '-subj', '/CN=home', '-keyout', at('ca.key'), '-out', at('ca.pem'))
  openssl('req', ...newKey, '-subj', '/CN=broker', '-keyout', at('server.key'), '-out', at('server.csr'))
  openssl(
    ...['x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
    ...['-CAcreateserial', '-extfile', extensions, '-out', at('server.pem')],
  )
  return { authority: at('ca.pem'), certificate: at('server.pem'), key: at('server.key') }
}

async function startRoof(url: string, env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const file = await files.write('roof.yaml', ROOF)
  const flags = ['--live', '--port', '0', '--no-network', '--no-keep', '--station', file, '--mqtt', url]
  const server = startTickcast(['start', ...flags], env)
  onTestFinished(async () => void (await server.stop('SIGKILL')))
  return server
}

async function brokerFigures(address: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${address}/metrics`)).text()
  const lines = text.matchAll(/^tickcast_mqtt_(\w+)\{broker="[^"]+"\} (\d+)$/gm)
  return Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]))
}

describeWithMosquitto('mqtt over TLS', () => {
  let broker: Mosquitto
  let authority: string
  let plain: number
  beforeAll(async () => {
    const signed = await certificates()
    authority = signed.authority
    plain = await freePort()
    broker = await startMosquitto(
      `allow_anonymous true\ncertfile ${signed.certificate}\nkeyfile ${signed.key}\nlistener ${plain} 127.0.0.1`,
    )
  })
  afterEach(closeClients)
  afterAll(() => broker?.remove())

  it('mqtt over TLS - a broker whose certificate is of nobody known is not spoken to, and what would help is said', async () => {
    const server = await startRoof(broker.url.replace('mqtt:', 'mqtts:'))
    await server.prints(/its certificate is of nobody we know: NODE_EXTRA_CA_CERTS=FILE names who/)
    expect(await brokerFigures(await server.address())).toEqual({
      ...{ connected: 0, received_total: 0, refused_total: 0, published_total: 0 },
    })
  })

  it('mqtt over TLS - with its authority named a station is read and told, and the metrics count it', async () => {
    const server = await startRoof(broker.url.replace('mqtt:', 'mqtts:'), { NODE_EXTRA_CA_CERTS: authority })
    const address = await server.address()
    await until('it is ready', async () => (await fetch(`${address}/readyz`)).status === 200)
    const client = await mqttClient(`mqtt://127.0.0.1:${plain}`)
    await client.publish('roof/sensor', '{"t":5.25}')
    await until('what is published', () => client.newest('tickcast/v1/roof/forecast'))
    await client.publish('roof/sensor', '{"t":999}')
    await until('what is refused', async () => (await brokerFigures(address))['refused_total'] === 1)
    const figures = await brokerFigures(address)
    expect(figures).toMatchObject({ connected: 1, received_total: 2, refused_total: 1 })
    expect(figures['published_total']).toBeGreaterThan(2)
    await broker.stop('SIGKILL')
    await until('it is away', async () => (await brokerFigures(address))['connected'] === 0)
  })
})
