declare module 'fastify' {
  interface FastifyContextConfig {
    /** True: no token is needed. Default: the token is required. */
    readonly public?: boolean
    /** True: it answers whether the server is well, on the lines that are kept for that too. */
    readonly probe?: boolean
    /** How errors are told; default: as problems. `page`: as a page, where a browser asks. */
    readonly errors?: 'influx' | 'page'
  }
}

/** Options of a route that needs no token: it tells nothing that the token protects. */
export const PUBLIC = { config: { public: true } } as const

/** Options of a health check: public, and answered when nothing else is. */
export const PROBE = { config: { public: true, probe: true } } as const

/** Options of a route that answers with a page. */
export const AS_PAGE = { config: { errors: 'page' } } as const
