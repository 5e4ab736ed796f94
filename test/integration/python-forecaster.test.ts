import { execFile, spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import { temporaryFolder } from '../support/files.ts'
import { startTickcast } from '../support/process.ts'
import { requirement } from '../support/requirement.ts'
import { until } from '../support/until.ts'

const SCRIPT = fileURLToPath(new URL('../../examples/forecaster.py', import.meta.url))
const python = requirement({
  name: 'python3',
  found: spawnSync('python3', ['--version']).status === 0,
  install: 'apt-get install python3',
})

const files = temporaryFolder()
const NOW = Math.floor(Date.now() / HOUR) * HOUR
const at = (hour: number): string => formatInstant(NOW + hour * HOUR)

const STATION = `
id: shed
time: { column: time, format: iso, utc_offset: "+00:00" }
cadence: 1h
health: off
target: temp
channels: [{ column: temp, unit: degC, min: -40, max: 60 }]
outside: [{ issuer: mine }]
`

python.describe('forecaster in Python', () => {
  it('forecaster in Python - once means once: with nobody there it says why, and leaves', async () => {
    const args = [SCRIPT, 'shed', '--issuer', 'mine', '--once', '--url', 'http://127.0.0.1:9']
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
      execFile('python3', args, { timeout: 60_000 }, (error, _, said) =>
        resolve({ code: error?.code, stderr: said }),
      ),
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(/refused/)
    expect(stderr).not.toContain('Traceback')
  })

  it('forecaster in Python - hears each forecast of a real server, posts its own, and is used as an expert', async () => {
    const station = await files.write('shed.yaml', STATION)
    const server = startTickcast([
      'start',
      '--port',
      '0',
      '--live',
      '--station',
      station,
      '--no-keep',
      '--experts',
      'persistence,outside',
    ])
    const url = await server.address()
    const read = async (path: string) =>
      (await (await fetch(`${url}/v1/stations/shed/${path}`)).json()) as Record<string, unknown>
    const ticks = async (hours: readonly number[]) => {
      const body = JSON.stringify(
        hours.map((hour) => ({ event_time: at(hour), values: { temp: 10 + hour } })),
      )
      const headers = { 'content-type': 'application/json' }
      const reply = await fetch(`${url}/v1/stations/shed/ticks`, { method: 'POST', headers, body })
      expect(reply.status).toBe(202)
    }
    await until('it is ready', async () => (await fetch(`${url}/readyz`)).status === 200)
    await ticks([-30, -29, -28, -27, -26, -25, -24, -6, -5])
    const child = spawn('python3', [SCRIPT, 'shed', '--issuer', 'mine', '--url', url], { stdio: 'pipe' })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    try {
      await until('it has posted for the forecast that was there', async () =>
        output.includes(`${at(-5)}: accepted 1`),
      )
      await ticks([-4])
      await until('it has posted for the next one', async () => output.includes(`${at(-4)}: accepted 1`))
      // What could be had now is known to a forecast that is issued now.
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ values: { temp: 7 } })
      await fetch(`${url}/v1/stations/shed/ticks`, { method: 'POST', headers, body })
      await until(
        'it is used',
        async () => 'outside_mine' in (((await read('forecast'))['models'] as object | undefined) ?? {}),
      )
      await until('the status counts both', async () => {
        const outside = (await read('status'))['outside'] as Record<string, { forecasts: number }> | undefined
        return (outside?.['mine']?.forecasts ?? 0) >= 2
      })
      expect(output).not.toContain('Traceback')
    } finally {
      child.kill()
      await server.stop()
    }
  })
})
