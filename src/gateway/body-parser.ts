import type { IncomingHttpHeaders } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { BodyRoom } from './body-room.ts'
import type { GatewayLimits } from './limits.ts'
import { problem } from './problem.ts'
import { addressOf } from './request-bounds.ts'

/** A body as it was sent, unpacked. */
export interface SentBody {
  /** Without parameters such as a charset, in lower case; empty where the sender does not say. */
  readonly type: string
  readonly bytes: Buffer
}

export interface BodyParserOptions {
  /** Those that are taken, or `*`: whatever senders say. */
  readonly types: readonly string[]
  readonly room: BodyRoom
  readonly limits: GatewayLimits
}

const unpacked = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)

/** The routes of `app` take bodies of these types, bounded as they come and once they are unpacked, and no others. */
export function parseBodies(app: FastifyInstance, { types, room, limits }: BodyParserOptions): void {
  const { bodyBytes } = limits
  app.removeAllContentTypeParsers()
  for (const type of types) {
    app.addContentTypeParser<Buffer>(
      type,
      { parseAs: 'buffer', bodyLimit: bodyBytes },
      async (request: FastifyRequest, bytes: Buffer): Promise<SentBody> => {
        const [said = ''] = (request.headers['content-type'] ?? '').split(';')
        const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
        const whole = encoding === 'identity' ? bytes : await unpackedWithin(bytes, encoding, bodyBytes)
        return { type: said.trim().toLowerCase(), bytes: whole }
      },
    )
  }
  if (!types.includes('*'))
    app.addContentTypeParser('*', async ({ headers }: FastifyRequest) => {
      const said = (headers['content-type'] || 'none').slice(0, 100)
      throw problem('unsupported_media_type', `content-type '${said}': ${types.join(', ')}`)
    })
  // Silence of a sender counts while its body comes; then it is this process that takes its time, and nobody is cut off for that.
  app.addHook('preHandler', async ({ raw }) => void raw.socket.setTimeout(0))
  // Before a body comes in there is to be room for it, until it is answered.
  app.addHook('onRequest', async ({ raw, headers }, reply) => {
    const letGo = room.take(addressOf(raw.socket), lengthOf(headers))
    if (!letGo)
      throw problem('busy', 'as many bodies are on their way as there is room for: send it again in a moment')
    reply.raw.once('close', letGo)
  })
}

/** What is packed may be as long as it likes once it is unpacked, and so may what does not say. */
function lengthOf(headers: IncomingHttpHeaders): string | undefined {
  if (headers['content-encoding'] !== undefined) return undefined
  return headers['content-length'] ?? (headers['transfer-encoding'] === undefined ? '0' : undefined)
}

async function unpackedWithin(bytes: Buffer, encoding: string, most: number): Promise<Buffer> {
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw problem(
      'unsupported_media_type',
      `content-encoding '${encoding.slice(0, 100)}': gzip, or none at all`,
    )
  }
  try {
    return await unpacked(bytes, { maxOutputLength: most })
  } catch (error) {
    const isLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    if (isLong)
      throw problem('too_large', `the body is over ${most} bytes once it is unpacked: send it in parts`)
    throw problem('bad_request', 'the body is no gzip, as content-encoding has it, or it is cut off')
  }
}
