import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('../../..', import.meta.url).pathname,
    include: ['test/e2e/guard/*.test.ts'],
    // Guards, their programs and their commands are processes on a machine that may have two cores.
    // A test runs twenty and more commands in a row, each of which takes seconds on one that is busy.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 4,
  },
})
