import { defineConfig } from 'vitest/config'

/** Runs inside the container, where each suite has a systemd to itself. */
export default defineConfig({
  cacheDir: '/tmp/stead-vitest',
  test: {
    root: new URL('../../..', import.meta.url).pathname,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
