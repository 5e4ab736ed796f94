import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

export interface Asked {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, or a text as it stands. */
  readonly body?: unknown
  /** It never answers. */
  readonly silent?: true
}

export interface LocalServer {
  readonly url: string
  readonly asked: Asked[]
  /** What it answers with from now on. */
  answer(reply: (asked: Asked) => Reply): void
}

/** A real server on this machine that answers as an issuer would; gone after the last test of the module. */
export async function localServer(reply: (asked: Asked) => Reply): Promise<LocalServer> {
  let replyTo = reply
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1')
      const body = Buffer.concat(parts).toString()
      const one = { method: request.method ?? '', url, headers: request.headers, body }
      asked.push(one)
      const { status = 200, headers = {}, body: answer = {}, silent } = replyTo(one)
      if (silent) return
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer(next) {
      replyTo = next
    },
  }
}
