import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { startTickcast } from '../support/process.ts'

const BROKEN = fileURLToPath(new URL('../support/broken-metrics.mjs', import.meta.url))
const LIVE = ['start', '--live', '--port', '0', '--no-network']

describe('log', () => {
  it('log - a defect in a route leaves one line on standard error, with its stack and the id that the reply has', async () => {
    const server = startTickcast(LIVE, { NODE_OPTIONS: `--import ${BROKEN}` })
    const reply = await fetch(`${await server.address()}/metrics`)
    const problem = (await reply.json()) as { detail: string; request_id: string }
    expect(reply.status).toBe(500)
    expect(problem).toMatchObject({ code: 'internal', request_id: reply.headers.get('x-request-id') })
    expect(problem.detail).toContain(problem.request_id)
    const { stdout, stderr } = await server.stop()
    const lines = stderr.trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'error',
      msg: 'a broken registry',
      request_id: problem.request_id,
      path: '/metrics',
      err: { stack: expect.stringContaining('broken-metrics.mjs') },
    })
    expect(stdout).not.toContain('a broken registry')
  })

  it('log - its level is a flag or a variable: silent says nothing, debug names requests but no token', async () => {
    const silent = startTickcast([...LIVE, '--log-level', 'silent'], { NODE_OPTIONS: `--import ${BROKEN}` })
    expect((await fetch(`${await silent.address()}/metrics`)).status).toBe(500)
    expect((await silent.stop()).stderr).toBe('')

    const debug = startTickcast([...LIVE, '--token', 'sesame'], { TICKCAST_LOG_LEVEL: 'debug' })
    const reply = await fetch(`${await debug.address()}/v1/stations?token=sesame`)
    await reply.json()
    const { stderr } = await debug.stop()
    const records = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(records).toContainEqual(
      expect.objectContaining({
        level: 'debug',
        method: 'GET',
        path: '/v1/stations',
        status: 200,
        request_id: reply.headers.get('x-request-id'),
      }),
    )
    expect(stderr).not.toContain('sesame')
  })
})
