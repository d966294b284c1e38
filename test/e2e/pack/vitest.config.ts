import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('../../..', import.meta.url).pathname,
    include: ['test/e2e/pack/*.test.ts'],
    // A container boots, a Windows is set up, and hundreds of megabytes are packed by one core.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Runtimes come from npm: a registry that stalls is asked again, and not waited for as long as npm does.
    env: { npm_config_fetch_timeout: '90000', npm_config_fetch_retries: '5' },
    pool: 'forks',
    maxWorkers: 2,
  },
})
