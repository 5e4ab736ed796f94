import { STREAM_PATH, SUBPROTOCOL, TOKEN_SUBPROTOCOL } from '../protocol/stream-address.ts'

/** `http://127.0.0.1:8080` -> `ws://127.0.0.1:8080/v1/stream`; a path in front is kept, for servers behind a proxy. */
export function streamUrl(base: string): string {
  const url = new URL(base)
  url.protocol = url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss:' : 'ws:'
  return pathOf(url, STREAM_PATH)
}

export function httpUrl(base: string, path: string): string {
  const url = new URL(base)
  url.protocol = url.protocol === 'https:' || url.protocol === 'wss:' ? 'https:' : 'http:'
  return pathOf(url, path)
}

function pathOf(url: URL, path: string): string {
  return `${url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin}${url.pathname.replace(/\/$/, '')}${path}`
}

/** What to offer a server that wants a token. */
export function subprotocols(token: string | undefined): string[] {
  if (token === undefined) return []
  const bytes = String.fromCharCode(...new TextEncoder().encode(token))
  const encoded = btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  return [SUBPROTOCOL, `${TOKEN_SUBPROTOCOL}${encoded}`]
}
