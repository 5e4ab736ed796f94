import { describe, expect, it } from 'vitest'
import { openTape } from '../../replay/open-tape.ts'
import { downloadOutside } from '../../src/commands/download-outside.ts'
import type { OpenMeteoIssuer } from '../../src/domain/asked-issuer.ts'
import { DAY, HOUR, type Span } from '../../src/domain/instant.ts'
import { type PastForecast, pastForecasts } from '../../src/issuers/open-meteo-past.ts'
import type { OutsideMessage } from '../../src/protocol/outside.ts'
import { leapingClock } from '../replay/leaping-clock.ts'
import { temporaryFolder } from '../support/files.ts'
import { type Asked, localServer, type Reply } from './local-server.ts'
import { openMeteoAnswer } from './published.ts'

const files = temporaryFolder()
const FROM = Date.parse('2026-03-01T00:00:00Z')

/** Of each hour by how many days before it was predicted. */
function archive({ url }: Asked, lacking: readonly number[] = []): Reply {
  const [start, end] = ['start_date', 'end_date'].map((key) => Date.parse(url.searchParams.get(key)!))
  const hours = (end! + DAY - start!) / HOUR
  const hourly = Object.fromEntries(
    url.searchParams
      .get('hourly')!
      .split(',')
      .map((name) => {
        const day = Number(name.slice(-1))
        return [
          name,
          Array.from({ length: hours }, (_, hour) => (day === 1 && lacking.includes(hour) ? null : day)),
        ]
      }),
  )
  return { body: openMeteoAnswer(start!, hourly) }
}
const server = await localServer(archive)

async function past(delay: Span, days: number): Promise<readonly PastForecast[]> {
  const asked: OpenMeteoIssuer = {
    ...{ kind: 'open_meteo', url: 'http://127.0.0.1:1', pastUrl: server.url, every: HOUR, delay },
    ...{ latitude: 50.93, longitude: 11.59, variable: 'temperature_2m' },
  }
  const clock = leapingClock()
  const context = { clock, now: clock.now, userAgent: 'tickcast/test', from: FROM, to: FROM + days * DAY }
  const all: PastForecast[] = []
  for await (const one of pastForecasts({ name: 'met', issuer: 'met', asked, unit: 'degC' }, context))
    all.push(one)
  return all
}

describe('Open-Meteo, the past', () => {
  it.each([0, 6, 30])(
    'Open-Meteo, the past - nothing is in it that could not have been had, a run being there %i h after it has begun, and it is the newest of that',
    async (hours) => {
      server.answer(archive)
      const all = await past(hours * HOUR, 2)
      expect(all.map(({ availableAt }) => availableAt)).toEqual(
        Array.from({ length: 16 }, (_, at) => FROM + at * 3 * HOUR),
      )
      for (const { issuedAt, availableAt, leads } of all) {
        expect(availableAt - issuedAt).toBe(hours * HOUR)
        expect(leads.map(({ validAt }) => (validAt - availableAt) / HOUR)).toEqual(
          Array.from({ length: 30 }, (_, at) => at + 1),
        )
        for (const { validAt, mean: day } of leads) {
          const begun = validAt - day * DAY
          expect(begun + hours * HOUR).toBeLessThanOrEqual(availableAt)
          expect(begun + DAY + hours * HOUR).toBeGreaterThan(availableAt)
        }
      }
    },
  )

  it('Open-Meteo, the past - months are asked for in pieces, by the published names', async () => {
    server.answer(archive)
    server.asked.length = 0
    expect(await past(6 * HOUR, 100)).toHaveLength(800)
    const asked = server.asked.map(({ url }) => Object.fromEntries(url.searchParams))
    expect(asked.map(({ start_date, end_date }) => [start_date, end_date])).toEqual([
      ['2026-03-01', '2026-05-01'],
      ['2026-04-30', '2026-06-10'],
    ])
    expect(asked[0]?.['hourly']).toBe('temperature_2m_previous_day1,temperature_2m_previous_day2')
  })

  it('Open-Meteo, the past - an hour that the archive lacks is filled by an older prediction', async () => {
    server.answer((request) => archive(request, [5]))
    const [first] = await past(0, 1)
    expect(first?.leads.slice(3, 6).map(({ mean }) => mean)).toEqual([1, 2, 1])
  })

  it('Open-Meteo, the past - what is downloaded is played beside the readings, each forecast when it could be had', async () => {
    server.answer(archive)
    const station = await files.write(
      'garden.yaml',
      `
id: garden
time: { column: time, format: iso, utc_offset: "+00:00" }
cadence: 1h
target: air
channels: [{ name: air, unit: degC, min: -40, max: 60 }]
outside:
  - { issuer: meteo, open_meteo: { latitude: 50.93, longitude: 11.59, past_url: "${server.url}" } }
  - { issuer: home, topic: home/forecast }
`,
    )
    const out = files.path('meteo.csv')
    await downloadOutside({ station, from: FROM, to: FROM + DAY, out })
    const data = await files.write(
      'air.csv',
      `time,air\n${[2, 3, 4, 5].map((hour) => `2026-03-01T0${hour}:30Z,${hour}`).join('\n')}\n`,
    )
    const tape = await openTape({ data, station, outside: out })
    const rows: (OutsideMessage | object)[] = []
    for await (const batch of tape.rows()) rows.push(...batch.map(({ outside, values }) => outside ?? values))
    const had = (hour: number) => ({
      issuer: 'meteo',
      available_at: `2026-03-01T0${hour}:00:00Z`,
    })
    expect(rows).toMatchObject([had(0), { air: 2 }, had(3), { air: 3 }, { air: 4 }, { air: 5 }])
    expect((rows[0] as OutsideMessage).leads.map(({ lead_hours, mean }) => [lead_hours - 6, mean])).toEqual(
      Array.from({ length: 30 }, (_, at) => [at + 1, at < 18 ? 1 : 2]),
    )
    expect(tape.notes.join()).toContain('forecasts of meteo')
  })
})
