import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/**
 * Deadlines tell what hangs from what is slow, and assert nothing: on a machine with ten times as much
 * to do as it can, a test of two seconds takes half a minute. One test may wait for 45 s by `until`,
 * which says then what it has waited for.
 */
const DEADLINE = 120_000

// Real programs are started by some; a pool of processes keeps their signals apart.
const shared = {
  testTimeout: DEADLINE,
  hookTimeout: DEADLINE,
  expect: { poll: { timeout: 45_000 } },
  pool: 'forks',
} as const

const PURE =
  'src/{config,control,foreign,guard,managers,metrics,model,output,pack,secrets,service,sinks,top}/**/*.test.ts'

/** Beside the code, and too long for every change: whole guards, started and killed. */
const WHOLE = 'src/**/*.process.test.ts'

export default defineConfig({
  test: {
    // Left alone, vitest keeps a core for itself, which is half of a machine that has two. Tests of
    // the rim wait for threads and programs, so there are more workers than cores. As a percentage it
    // would be cut to the number of cores.
    maxWorkers: availableParallelism() * 2,
    teardownTimeout: DEADLINE,
    projects: [
      {
        // Pure rooms have nothing that one test could leave to the next, so they share their workers.
        test: {
          ...shared,
          name: 'unit',
          isolate: false,
          include: [PURE, 'test/{architecture,docs}/**/*.test.ts'],
        },
      },
      {
        test: {
          ...shared,
          name: 'unit-rim',
          include: ['src/**/*.test.ts', 'test/bench/**/*.test.ts'],
          exclude: [PURE, WHOLE],
        },
      },
      {
        // Contracts and whole programs: each test starts processes.
        test: {
          ...shared,
          name: 'contract',
          include: ['test/{cli,contract,sdk}/**/*.test.ts', WHOLE],
        },
      },
    ],
  },
})
