import { defineConfig } from 'vitest/config'

/** Runs inside the container, where each suite has a systemd to itself. */
export default defineConfig({
  cacheDir: '/tmp/stead-vitest',
  test: {
    root: new URL('../../..', import.meta.url).pathname,
    // The Wine suites run beside these, and a test of the command line starts it a dozen times.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // One after the other: each daemon-reload forgets systemd's counts of starts.
    fileParallelism: false,
  },
})
