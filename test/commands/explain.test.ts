import { describe, expect, it } from 'vitest'
import { explain, receiptIn } from '../../src/commands/explain.ts'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { receiptLines, receiptPage } from '../../src/report/receipt-page.ts'
import { receiptSentence } from '../../src/report/receipt-tables.ts'
import { openRecords } from '../../src/store/records.ts'
import { forecastAt, noon, pond, pondMessage, readingAt } from '../gateway/messages.ts'
import { keepFixture } from '../support/keep-fixture.ts'

const fixture = keepFixture()

const basis = {
  ...{ value: 3.25, taken_in: '2020-06-01T15:00:07Z', last_day: { readings: 144, unmeasured: 5 } },
  outside: [{ source: 'dnn', issued_at: '2020-06-01T12:00:00Z', available_at: '2020-06-01T12:10:00Z' }],
  intervals: {
    errors: Array.from({ length: LEADS }, (_, lead) => 200 - lead),
    ...{ scale: 'root', level90: Array<number>(LEADS).fill(0.913) },
  },
}

async function kept() {
  const folder = fixture.folder()
  const { keep } = await fixture.open(folder)
  await keep.describe(pondMessage)
  await keep.record(
    'pond',
    Array.from({ length: 200 }, (_, n) => ({
      ...{ what: 'reading' as const, session: '', eventTime: noon + n * pond.cadence, message: readingAt(n) },
    })),
  )
  await keep.record(
    'pond',
    [0, 3].map((hour) => ({
      ...{ what: 'forecast' as const, session: '', eventTime: noon + hour * HOUR },
      message: { ...forecastAt(hour), ...(hour === 3 && { basis }) },
    })),
  )
  return openRecords(folder)
}

describe('explain', () => {
  it('explain - it is of a server or of what is kept, and not of the one in silence where both were named', async () => {
    const flags = { keep: '/kept', url: 'http://127.0.0.1:1', format: 'text' } as const
    await expect(explain('pond/newest', { ...flags, isUrlGiven: true })).rejects.toThrow(
      /^one of --keep \[FOLDER\] and --url ADDRESS says where the forecast is, not both$/,
    )
  })

  it('explain - a receipt is what was published, word for word, with the truths on record', async () => {
    const records = await kept()
    const receipt = await receiptIn(records, 'pond/2020-06-01T15:00:00Z')
    expect(receipt.basis).toEqual(basis)
    expect(receipt.leads[0]).toMatchObject({ mean: 3, truth: 24, error: 21 })
    expect(receiptSentence(receipt)).toBe(
      'For +24 h it said 3.00 degC (90 %: 0.05 to 0.95), mostly on the word of persistence (100.0 %); 162.00 came, outside the interval.',
    )
    records.close()
  })

  it('explain - text and page hold all of what it rested on', async () => {
    const records = await kept()
    const receipt = await receiptIn(records, 'pond/newest')
    const [text, page] = [receiptLines(receipt).join('\n'), receiptPage(receipt)]
    for (const shown of [
      receiptSentence(receipt),
      '3.25 degC',
      '2020-06-01 15:00:07',
      'dnn',
      '2020-06-01 12:10',
      '91.3 %',
      'root',
      '177',
    ]) {
      expect(text).toContain(shown)
      expect(page).toContain(shown)
    }
    records.close()
  })

  it('explain - one that is not kept is named with where it was looked for', async () => {
    const records = await kept()
    await expect(receiptIn(records, 'pond/2019-06-01T15:00:00Z')).rejects.toThrow(
      /^no forecast 'pond\/2019-06-01T15:00:00Z' is kept in /,
    )
    await expect(receiptIn(records, 'lake/newest')).rejects.toThrow(/'lake' is not kept in .*: pond$/)
    records.close()
  })
})
