import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openTape } from '../../replay/open-tape.ts'
import type { RawRow } from '../../src/ingest/raw-row.ts'
import { outsideSchema } from '../../src/protocol/outside.ts'
import { temporaryFolder } from '../support/files.ts'

const document = readFileSync(new URL('../../docs/outside.md', import.meta.url), 'utf8')
const files = temporaryFolder()

const block = (kind: string): string => new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``).exec(document)?.[1] ?? ''

it('outside document - its file is played as its station file says, and what it posts is a forecast', async () => {
  const data = await files.write('prices.csv', block('text data'))
  const tape = await openTape({
    data,
    outside: data,
    station: await files.write('price.yaml', block('yaml')),
  })
  const rows: RawRow[] = []
  for await (const batch of tape.rows()) rows.push(...batch)
  const issued = (issued_at: string) => ['dnn', 'lear'].map((issuer) => ({ issuer, issued_at }))
  expect(rows.map(({ outside, values }) => outside ?? values)).toMatchObject([
    ...issued('2026-02-28T23:00:00Z'),
    { price: 41 },
    ...issued('2026-03-01T23:00:00Z'),
    { price: 38.5 },
    { price: 35.2 },
    { price: 34.8 },
  ])
  const posted = /-d '\n([^']+)'/.exec(document)?.[1] ?? ''
  expect(outsideSchema.safeParse(JSON.parse(posted))).toMatchObject({ success: true })
})

it('outside document - the wind farm of files.md is played with the forecasts of its wind', async () => {
  const text = readFileSync(new URL('../../docs/files.md', import.meta.url), 'utf8')
  const part = text.slice(text.indexOf('### A wind farm'))
  const blockOf = (kind: string) => new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``).exec(part)?.[1] ?? ''
  const tape = await openTape({
    data: await files.write('farm.csv', blockOf('text data')),
    outside: await files.write('wind.csv', blockOf('text outside')),
    station: await files.write('farm.yaml', blockOf('yaml')),
  })
  const rows: RawRow[] = []
  for await (const batch of tape.rows()) rows.push(...batch)
  const run = { issuer: 'nwp', issued_at: '2009-07-01T00:00:00Z' }
  const said = (quantity: string, means: readonly number[]) => ({
    ...{ ...run, quantity },
    leads: means.map((mean, lead) => ({ lead_hours: lead + 1, mean })),
  })
  expect(rows.map(({ outside, values }) => outside ?? values)).toMatchObject([
    said('ws', [2.47, 2.4]),
    said('u', [2.34, 2.18]),
    said('v', [-0.79, -0.99]),
    ...[0.045, 0.085, 0.02].map((wp1) => ({ wp1 })),
  ])
})
