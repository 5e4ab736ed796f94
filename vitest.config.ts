import { defineConfig } from 'vitest/config'
import { WAIT_LIMIT_MS } from './test/support/until.ts'

const NEEDS_MORE_THAN_NODE = ['test/integration/**', 'test/browser/**']
const LONG = 'test/**/*.long.test.ts'

/** No limit of speed: what hangs ends some time, later than what it waits for, on a machine at ten times its load too. */
const timeouts = {
  testTimeout: WAIT_LIMIT_MS + 60_000,
  hookTimeout: WAIT_LIMIT_MS + 60_000,
  teardownTimeout: WAIT_LIMIT_MS,
  expect: { poll: { timeout: WAIT_LIMIT_MS } },
}

/**
 * `unit` needs nothing but Node and is done in seconds; `long` too, but goes through years of data or trains for a
 * while; `integration` starts real processes, servers and browsers, and skips by name what is missing. The last two run
 * side by side: one works where the other waits.
 */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/reporter.ts'],
    projects: [
      {
        test: {
          ...timeouts,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...NEEDS_MORE_THAN_NODE, LONG],
          maxWorkers: '100%',
          isolate: false, // two thirds of the time; so each test puts back what it takes from TensorFlow.js
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...timeouts,
          name: 'long',
          include: [LONG],
          maxWorkers: '100%',
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...timeouts,
          name: 'integration',
          // Real processes beside other people's on one machine: what passes only then is named at the end of the run.
          retry: 1,
          include: NEEDS_MORE_THAN_NODE.map((folder) => `${folder}/*.test.ts`),
          maxWorkers: '100%',
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
