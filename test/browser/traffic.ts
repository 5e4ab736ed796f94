import type { Page } from 'playwright-core'

/** One reply of a server, or one frame of a WebSocket. */
export interface Transfer {
  /** A path, or a topic. */
  readonly what: string
  /** What the page is made of, or what it shows. */
  readonly kind: 'code' | 'data'
  /** Bytes. */
  readonly unpacked: number
  /** Bytes on the line, headers included. */
  readonly travelled: number
}

/** Keeps account of all that a page receives from now on, as the browser itself counts it. */
export async function watchTraffic(page: Page): Promise<() => readonly Transfer[]> {
  const session = await page.context().newCDPSession(page)
  const paths = new Map<string, string>()
  const unpacked = new Map<string, number>()
  const transfers: Transfer[] = []
  session.on('Network.responseReceived', ({ requestId, response }) => {
    const { pathname } = new URL(response.url)
    if (response.url.startsWith('http')) paths.set(requestId, pathname)
  })
  session.on('Network.dataReceived', ({ requestId, dataLength }) => {
    unpacked.set(requestId, (unpacked.get(requestId) ?? 0) + dataLength)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const what = paths.get(requestId)
    if (what === undefined) return
    const kind = what.startsWith('/v1/') ? 'data' : 'code'
    transfers.push({ what, kind, unpacked: unpacked.get(requestId) ?? 0, travelled: encodedDataLength })
  })
  session.on('Network.webSocketFrameReceived', ({ response: { payloadData } }) => {
    const bytes = Buffer.byteLength(payloadData)
    const what = /"topic":"(\w+)"/.exec(payloadData)?.[1] ?? 'reply'
    transfers.push({ what, kind: 'data', unpacked: bytes, travelled: bytes })
  })
  await session.send('Network.enable')
  return () => transfers
}
