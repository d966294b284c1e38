import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/{architecture,cli,contract,docs,sdk}/**/*.test.ts'],
    testTimeout: 20_000,
    // Real programs are started by some; a pool of processes keeps their signals apart.
    pool: 'forks',
  },
})
