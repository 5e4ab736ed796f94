declare module 'fastify' {
  interface FastifyContextConfig {
    /** True: no token is needed. Default: the token is required. */
    readonly public?: boolean
  }
}

/** Options of a route that needs no token: it tells nothing that the token protects. */
export const PUBLIC = { config: { public: true } } as const
