import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { outputFile } from '../../src/commands/output-file.ts'
import { temporaryFolder } from '../support/files.ts'

const files = temporaryFolder()

describe('output file', () => {
  it('output file - is there whole or not at all', () => {
    const path = files.path('new.csv')
    const given = outputFile(path)
    writeFileSync(given.path, 'half')
    expect(existsSync(path)).toBe(false)
    given.finish()
    expect(readFileSync(path, 'utf8')).toBe('half')
    const again = outputFile(path)
    writeFileSync(again.path, 'other')
    again.abandon()
    expect([readFileSync(path, 'utf8'), existsSync(again.path)]).toEqual(['half', false])
  })

  it('output file - a link stays one, and leads to what was written', async () => {
    const target = await files.write('target.csv', 'old')
    const link = files.path('link.csv')
    symlinkSync(target, link)
    const given = outputFile(link)
    writeFileSync(given.path, 'new')
    given.finish()
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readFileSync(target, 'utf8')).toBe('new')
  })

  it.skipIf(process.platform === 'win32')(
    'output file - a pipe or a device is written to, not replaced',
    () => {
      const pipe = files.path('pipe.csv')
      execFileSync('mkfifo', [pipe])
      const given = outputFile(pipe)
      given.finish()
      given.abandon()
      expect(given.path).toBe(pipe)
      expect(lstatSync(pipe).isFIFO()).toBe(true)
    },
  )
})
