import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { HOUR } from '../../src/domain/instant.ts'
import { forecastAt, noon, readingAt, score, status } from '../gateway/messages.ts'
import { started } from '../gateway/started.ts'

interface Target {
  readonly url?: string
  readonly root_selector?: string
  readonly columns?: readonly { readonly selector: string }[]
  readonly expr?: string
}

const dashboard = JSON.parse(
  readFileSync(new URL('../../deploy/grafana/tickcast.json', import.meta.url), 'utf8'),
)
const variables: readonly { name: string; query: { infinityQuery?: Target } }[] = dashboard.templating.list
const panels: readonly { title: string; targets: readonly Target[] }[] = dashboard.panels

async function running() {
  const { bus, gateway } = await started({ now: () => noon + HOUR })
  for (const n of [0, 6]) bus.publish('pond', 'reading', readingAt(n))
  bus.publish('pond', 'forecast', forecastAt(0))
  bus.publish('pond', 'forecast', forecastAt(1))
  bus.publish('pond', 'score', {
    ...score,
    coverage90: { '24': { '1d': 0.9, '7d': 0.9, '30d': 0.9, all: 0.9 } },
  })
  bus.publish('pond', 'status', status)
  const values: Readonly<Record<string, string>> = {
    ...{ url: gateway.address, station: 'pond', lead: '24' },
    ...{ __from: String(noon - 24 * HOUR), __to: String(noon + 24 * HOUR) },
  }
  const filled = (text: string) =>
    text.replace(/\$\{?(\w+)\}?/g, (_, name: string) => {
      const value = values[name]
      if (value === undefined) throw new Error(`no variable ${name}`)
      return value
    })
  return { gateway, filled }
}

it('grafana - every query of rows gives the columns that it names, the stations among them', async () => {
  const { filled } = await running()
  const queries = [
    ...panels.flatMap(({ targets }) => targets),
    ...variables.flatMap(({ query }) => query.infinityQuery ?? []),
  ].filter(({ url }) => url !== undefined)
  expect(queries).toHaveLength(2)
  for (const { url = '', root_selector = '', columns = [] } of queries) {
    const reply = await fetch(filled(url))
    expect(reply.status, url).toBe(200)
    const body = await reply.json()
    const rows = root_selector === '' ? body : body[root_selector]
    expect(rows.length).toBeGreaterThan(0)
    for (const { selector } of columns) expect(Object.keys(rows[0])).toContain(selector)
  }
})

it('grafana - every expression for Prometheus is of metrics that are there, with their labels', async () => {
  const { gateway, filled } = await running()
  const metrics = await (await fetch(`${gateway.address}/metrics`)).text()
  const expressions = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr ?? []))
  expect(expressions.length).toBeGreaterThan(6)
  for (const expression of expressions) {
    const [, name = '', selector = ''] =
      /((?:tickcast|nodejs)_\w+)(?:\{([^}]*)\})?/.exec(filled(expression)) ?? []
    const series = metrics.split('\n').filter((line) => new RegExp(`^${name}[{ ]`).test(line))
    const labels = selector === '' ? [] : selector.split(',')
    expect(
      series.some((line) => labels.every((label) => line.includes(label))),
      expression,
    ).toBe(true)
  }
})
