import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { STYLE } from '../report/style.ts'

const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`

/** Sends a page of `report/html.ts`: nothing in it runs, and its one style sheet is let in by what it says. */
export function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src ${STYLE_HASH}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    .header('cache-control', 'no-store')
    .send(page)
}
