import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { openTerminal } from '../../src/app/terminal.ts'

it('terminal - of a live line too long for it, whole parts are left out, the last ones first', () => {
  let written = ''
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 40 })
  stream.on('data', (chunk) => {
    written += String(chunk)
  })
  const terminal = openTerminal(stream as unknown as NodeJS.WriteStream)
  terminal.status('jena 2020-01-11 08:50Z | 3600x | MAE 2.84, persistence 2.84 K')
  terminal.close()
  expect(written).toContain('jena 2020-01-11 08:50Z | 3600x')
  expect(written).not.toContain('MAE')
})
