import type { FastifySchema } from 'fastify'
import { z } from 'zod'
import { REPLY_CODES, type ReplyCode } from '../protocol/codes.ts'
import type { ApiSchema } from './api-schemas.ts'

/** What the OpenAPI document says of a route; the schemas in it are those that the route itself reads by. */
export interface RouteDoc {
  readonly tag: 'read' | 'write' | 'record' | 'operate' | 'health'
  readonly summary: string
  readonly query?: z.ZodType
  /** By media type: a schema of the document, or text. */
  readonly body?: Readonly<Record<string, ApiSchema | 'text'>>
  readonly headers?: Readonly<Record<string, string>>
  /** By status; null: no body. */
  readonly replies: Readonly<Record<number, Readonly<Record<string, ApiSchema | 'text'>> | null>>
  /** Beside those that every route has. */
  readonly problems?: readonly ReplyCode[]
  readonly errors?: 'influx'
  readonly public?: boolean
}

/** What any route may answer with. */
const EVERYWHERE: readonly ReplyCode[] = [
  'bad_request',
  'forbidden_origin',
  'too_many_requests',
  'busy',
  'internal',
]

/** The `schema` of a route's options. Nothing is checked or written by it: routes parse for themselves. */
export function documented(doc: RouteDoc): { readonly schema: FastifySchema } {
  const { tag, summary, query, body, headers, replies, problems = [], errors } = doc
  const codes: readonly ReplyCode[] = [
    ...EVERYWHERE,
    ...(doc.public ? [] : (['unauthorized'] as const)),
    ...problems,
  ]
  return {
    schema: {
      tags: [tag],
      summary,
      ...(doc.public && { security: [] }),
      ...(query && { querystring: jsonSchemaOf(query) }),
      ...(headers && { headers: stringsOf(headers) }),
      ...(body && { body: { content: contentOf(body) } }),
      response: {
        ...problemsOf(codes, errors),
        ...Object.fromEntries(
          Object.entries(replies).map(([status, content]) => [
            status,
            content
              ? { description: summary, content: contentOf(content) }
              : { description: summary, type: 'null' },
          ]),
        ),
      },
    },
  }
}

/** As it is sent: before anything is made of it. */
export function jsonSchemaOf(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}

function contentOf(content: Readonly<Record<string, ApiSchema | 'text'>>): object {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => [
      type,
      { schema: schema === 'text' ? { type: 'string' } : { $ref: `${schema}#` } },
    ]),
  )
}

/** One reply for each status, which says which codes come with it. */
function problemsOf(
  codes: readonly ReplyCode[],
  errors: RouteDoc['errors'],
): Readonly<Record<string, object>> {
  const meanings = new Map<number, string[]>()
  for (const code of new Set(codes)) {
    const { http, meaning } = REPLY_CODES[code]
    meanings.set(http, [...(meanings.get(http) ?? []), `\`${code}\`: ${meaning}`])
  }
  const content =
    errors === 'influx'
      ? contentOf({ 'application/json': 'InfluxError' })
      : contentOf({ 'application/problem+json': 'Problem' })
  return Object.fromEntries(
    [...meanings].map(([status, texts]) => [String(status), { description: texts.join('; '), content }]),
  )
}

function stringsOf(described: Readonly<Record<string, string>>): object {
  const properties = Object.entries(described).map(([name, description]) => [
    name,
    { type: 'string', description },
  ])
  return { type: 'object', properties: Object.fromEntries(properties) }
}
