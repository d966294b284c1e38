import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/fuzz/*.test.ts'],
    // They take what the suites beside them leave, which may be little.
    testTimeout: 1_200_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
