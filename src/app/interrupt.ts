/** Parts that have not closed after this, such as a connection to a server that hangs, are abandoned. */
const GRACE_MS = 8_000

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once, and so does a time limit. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.off(signal, stop)
        process.once(signal, () => process.exit(130))
      }
      setTimeout(() => {
        process.stderr.write('tickcast: not everything came to an orderly end in time\n')
        process.exit(1)
      }, GRACE_MS).unref()
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  })
}
