import { describe, it } from 'vitest'

/** Something beside Node and npm that some tests need: a server, a browser, a data file. */
export interface Prerequisite {
  /** For people: `nats-server`. */
  readonly name: string
  readonly found: boolean
  /** The command or setting that provides it: `apt-get install nats-server`. */
  readonly install: string
  /** Whether TICKCAST_REQUIRE_ALL=1 asks for it. Default true. */
  readonly installable?: boolean
}

export interface Requirement {
  /** Undefined where it is there, else one line with the remedy. */
  readonly missing: string | undefined
  /**
   * As vitest's `describe` where the prerequisite is there. Where it is missing, every test of the block is skipped
   * under a name that says how to get it, or, with TICKCAST_REQUIRE_ALL=1, one test fails in their place.
   * Keep work out of the body, in hooks and tests: the body also runs to count what is skipped.
   */
  describe(title: string, body: () => void): void
}

export function requirement({ name, found, install, installable = true }: Prerequisite): Requirement {
  const missing = found ? undefined : `${name} is not installed: ${install}`
  return {
    missing,
    describe(title, body) {
      if (missing === undefined) describe(title, body)
      else if (installable && process.env['TICKCAST_REQUIRE_ALL'] === '1') {
        it(`${title} (${missing})`, () => {
          throw new Error(`${missing} (TICKCAST_REQUIRE_ALL=1 lets nothing be skipped that can be installed)`)
        })
      } else describe.skip(`${title} (skipped: ${missing})`, body)
    },
  }
}
