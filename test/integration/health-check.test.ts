import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { openBus } from '../../src/bus/open-bus.ts'
import { describeWithNats, startNatsServer } from '../support/nats-server.ts'

const script = fileURLToPath(new URL('../../deploy/healthy.mjs', import.meta.url))

/** What compose.yaml asks of a process that listens on no port. */
async function healthCheck(...args: readonly string[]): Promise<string> {
  return promisify(execFile)(process.execPath, [script, ...args]).then(
    () => 'healthy',
    (error: { stderr: string }) => error.stderr.trim(),
  )
}

describeWithNats('health check', () => {
  it('health check - a process is healthy while NATS sees it connected under its name', async () => {
    const server = await startNatsServer({ monitoring: true })
    const connections = `${server.monitoringUrl}/connz`
    expect(await healthCheck(connections, 'tickcast forecast')).toBe(
      `${connections} does not hold 'tickcast forecast'`,
    )
    const bus = await openBus({ nats: server.url, name: 'forecast', onError: () => undefined })
    expect(await healthCheck(connections, 'tickcast forecast')).toBe('healthy')
    await bus.close()
    expect(await healthCheck(connections, 'tickcast forecast')).not.toBe('healthy')
    await server.remove()
    expect(await healthCheck(connections, 'tickcast forecast')).not.toBe('healthy')
  })
})
