import { defineConfig } from 'vitest/config'

// Real programs are started by some; a pool of processes keeps their signals apart.
const shared = { testTimeout: 20_000, pool: 'forks' } as const

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/{architecture,bench,docs}/**/*.test.ts'],
        },
      },
      {
        // Contracts and whole programs: each test starts processes.
        test: { ...shared, name: 'contract', include: ['test/{cli,contract,sdk}/**/*.test.ts'] },
      },
    ],
  },
})
