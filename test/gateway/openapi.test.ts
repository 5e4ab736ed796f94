import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { API_SCHEMAS } from '../../src/gateway/api-schemas.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { forecastAt, readingAt, score, status, verification } from './messages.ts'
import { started } from './started.ts'

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: object; readonly description: string }>>
  readonly security?: readonly object[]
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: object }
}

async function documentOf(gateway: Gateway) {
  const response = await fetch(`${gateway.address}/v1/openapi.json`)
  const document = await response.json()
  const paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> = document.paths
  return { document, paths }
}

const operationAt = (paths: Awaited<ReturnType<typeof documentOf>>['paths'], method: string, path: string) =>
  paths[path.replace(/:([a-z_]+)/g, '{$1}')]?.[method.toLowerCase()]

describe('openapi', () => {
  it('openapi - it is a document of version 3.1, and every reference in it leads somewhere', async () => {
    const { gateway } = await started()
    const { document } = await documentOf(gateway)
    expect(document.openapi).toBe('3.1.0')
    expect(await new Validator().validate(document)).toEqual({ valid: true })
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path]) => path!,
    )
    const lost = references.filter(
      (path) =>
        path.split('/').reduce<unknown>((at, key) => Reflect.get(Object(at), key), document) === undefined,
    )
    expect(references.length).toBeGreaterThan(50)
    expect(lost).toEqual([])
    expect(Object.keys(document.components.schemas).sort()).toEqual(Object.keys(API_SCHEMAS).sort())
  })

  it('openapi - every route is in it, with what it answers when all is well and when it is not', async () => {
    const { gateway } = await started()
    const { paths } = await documentOf(gateway)
    const routes = gateway.routes.filter(
      ({ method, path }) => method !== 'HEAD' && path !== '/v1/openapi.json' && !path.startsWith('/docs'),
    )
    expect(routes.length).toBeGreaterThan(15)
    for (const { method, path, public: isPublic } of routes) {
      const operation = operationAt(paths, method, path)
      const statuses = Object.keys(operation?.responses ?? {})
      expect(statuses, `${method} ${path}`).toEqual(expect.arrayContaining(['400', '403', '429', '503']))
      expect(statuses.some((each) => each.startsWith('2'))).toBe(true)
      expect(statuses.includes('401'), `${method} ${path}`).toBe(!isPublic)
      expect(operation?.security, `${method} ${path}`).toEqual(isPublic ? [] : undefined)
      const params = [...path.matchAll(/:([a-z_]+)/g)].map(([, name]) => name)
      for (const name of params)
        expect(operation?.parameters).toContainEqual(expect.objectContaining({ name, in: 'path' }))
      if (method === 'POST' && !path.endsWith('/accept'))
        expect(operation?.requestBody?.content).toBeDefined()
    }
    const documented = Object.values(paths).flatMap((methods) => Object.keys(methods)).length
    expect(documented).toBe(routes.length)
  })

  it('openapi - what routes answer fits the schemas that it names', async () => {
    const { bus, gateway } = await started()
    bus.publish('pond', 'reading', readingAt(0))
    bus.publish('pond', 'forecast', forecastAt(0))
    bus.publish('pond', 'score', score)
    bus.publish('pond', 'status', status)
    bus.publish('pond', 'verification', verification)
    const replies = {
      '/v1': 'Index',
      '/v1/stations': 'Stations',
      '/v1/stations/pond': 'Station',
      '/v1/stations/pond/forecast': 'Forecast',
      '/v1/stations/pond/score': 'Score',
      '/v1/stations/pond/score?detail=full': 'Verification',
      '/v1/stations/pond/status': 'Status',
      '/v1/stations/pond/history': 'History',
      '/v1/stations/pond/chart': 'Chart',
      '/livez': 'Health',
      '/nowhere': 'Problem',
    } as const
    for (const [path, name] of Object.entries(replies)) {
      const body = await (await fetch(`${gateway.address}${path}`)).json()
      expect(API_SCHEMAS[name].safeParse(body), path).toMatchObject({ success: true })
    }
    const posted = await fetch(`${gateway.address}/v1/stations/pond/ticks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ 'T (degC)': 3 }, { 'T (degC)': 300 }]),
    })
    expect(API_SCHEMAS.TicksReply.safeParse(await posted.json())).toMatchObject({ success: true })
  })

  it('openapi - the index has the stations and leads to the document and the page to try it', async () => {
    const { gateway } = await started()
    const { stations, links } = await (await fetch(`${gateway.address}/v1`)).json()
    expect(stations).toEqual(['pond'])
    expect((await fetch(`${gateway.address}${links.openapi}`)).status).toBe(200)
    const page = await fetch(`${gateway.address}${links.docs}`)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('swagger-ui')])
  })
})
