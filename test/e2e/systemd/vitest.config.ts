import { defineConfig } from 'vitest/config'

/** Runs inside the container, where each suite has a systemd to itself. */
export default defineConfig({
  cacheDir: '/tmp/stead-vitest',
  test: {
    root: new URL('../../..', import.meta.url).pathname,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // One after the other: each daemon-reload forgets systemd's counts of starts.
    fileParallelism: false,
  },
})
