import { defineConfig } from 'vitest/config'

const NEEDS_MORE_THAN_NODE = ['test/integration/**', 'test/browser/**']
/** No limit of speed: what hangs ends some time, on a machine ten times as busy as it has cores too. */
const PATIENCE_MS = 300_000
const LONG = 'test/**/*.long.test.ts'

/**
 * `unit` needs nothing but Node and is done in seconds; `long` too, but goes through years of data or trains for a
 * while; `integration` starts real processes, servers and browsers, and skips by name what is missing.
 */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...NEEDS_MORE_THAN_NODE, LONG],
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
          maxWorkers: '100%',
          isolate: false, // two thirds of the time; so each test puts back what it takes from TensorFlow.js
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'long',
          include: [LONG],
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'integration',
          include: NEEDS_MORE_THAN_NODE.map((folder) => `${folder}/*.test.ts`),
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
