declare module 'fastify' {
  interface FastifyContextConfig {
    /** Anybody who reaches the server may ask. Left out, the token is wanted. */
    readonly public?: boolean
  }
}

/** Options of a route that needs no token: it tells nothing that the token protects. */
export const PUBLIC = { config: { public: true } } as const
