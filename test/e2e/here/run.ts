/**
 * `npm run e2e:here -- system|user`: the contract of a service manager on this machine's own manager,
 * for runners that nobody works on. It installs, starts and removes services of its own, so it does nothing
 * unless STEAD_TEST_REAL_MANAGER=1 says that the machine may be used for it.
 */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(fileURLToPath(import.meta.url), '../../../..')
const scope = process.argv[2] ?? 'system'

if (process.env.STEAD_TEST_REAL_MANAGER !== '1') {
  console.log(
    'left out: it changes the services of this machine; STEAD_TEST_REAL_MANAGER=1 allows it',
  )
  process.exit(process.env.CI === 'true' ? 1 : 0)
}
if (!['system', 'user'].includes(scope)) {
  console.error(`a scope is system or user, not ${scope}`)
  process.exit(2)
}
if ((process.getuid?.() === 0) !== (scope === 'system') && process.platform !== 'win32') {
  console.error(
    `scope ${scope} is tested ${scope === 'system' ? 'as root' : 'as an ordinary user'}`,
  )
  process.exit(2)
}

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const commands: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: [
    vitest,
    'run',
    '--config',
    'test/e2e/systemd/vitest.config.ts',
    'test/e2e/systemd/inside/contract',
  ],
  darwin: [
    vitest,
    'run',
    '--config',
    'test/e2e/systemd/vitest.config.ts',
    `test/e2e/launchd/${scope}`,
  ],
  // The suites that run in Wine, but for the one that is about Wine's own harness.
  win32: [
    '--test',
    '--test-isolation=none',
    ...['scm-manager', 'scm-verbs', 'host', 'sdk', 'self', 'machine'].map(
      (name) => `test/e2e/wine/${name}.suite.ts`,
    ),
  ],
}
const command = commands[process.platform]
if (command === undefined) {
  console.error(`stead knows no manager of ${process.platform}`)
  process.exit(2)
}
const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' })
process.exitCode = status ?? 1
