import { expect, vi } from 'vitest'
import { endingOf, openProgram } from '../../src/commands/program.ts'

/** What every refusal has in common; returns its one line. In this process: for what is refused before anything is opened. */
export async function refusal(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  for (const name of Object.keys(process.env))
    if (/^(TICKCAST_|NATS_URL$)/.test(name)) vi.stubEnv(name, undefined)
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const said = { stdout: '', stderr: '' }
  const hears = (name: keyof typeof said) => (text: string | Uint8Array) => {
    said[name] += text
    return true
  }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(hears('stdout')),
    vi.spyOn(process.stderr, 'write').mockImplementation(hears('stderr')),
  ]
  const { code, text } = await openProgram()
    .parseAsync(args, { from: 'user' })
    .then(() => ({ code: 0, text: '' }), endingOf)
    .finally(() => {
      for (const spy of spies) spy.mockRestore()
      vi.unstubAllEnvs()
    })
  const stderr = said.stderr + text
  const lines = stderr.split('\n').length - 1
  expect({ code, stdout: said.stdout, lines }, stderr).toEqual({ code: 2, stdout: '', lines: 1 })
  expect(stderr).toMatch(/^tickcast: .+\n$/)
  return stderr
}
