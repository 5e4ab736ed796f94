import { defineConfig } from 'vitest/config'

/** One run with everything that can go wrong in it, for the reporter's test. */
export default defineConfig({
  test: { include: ['*.fixture.ts'], hookTimeout: 500, reporters: ['../reporter.ts'] },
})
