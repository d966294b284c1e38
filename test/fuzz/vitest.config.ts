import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/fuzz/*.test.ts'],
    testTimeout: 600_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
