import { chmodSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type SystemdPorts,
  systemdManager,
} from '../../../../src/managers/systemd/systemd-manager.ts'
import { type Home, homeOf } from '../../../../src/model/home.ts'
import type { Scope } from '../../../../src/model/service-spec.ts'
import { systemClock } from '../../../../src/platform/clock.ts'
import { nodeCommandRunner } from '../../../../src/platform/command-runner.ts'
import { nodeFileSystem } from '../../../../src/platform/file-system.ts'
import { accounts } from '../../../../src/platform/posix/accounts.ts'
import { processes } from '../../../../src/platform/posix/processes.ts'

const steadFile = fileURLToPath(new URL('../../../../bin/stead.js', import.meta.url))

/** Root for the machine's systemd, anybody else for their own. */
export const scope: Scope = process.getuid?.() === 0 ? 'system' : 'user'

/** A directory that services may use and that no hardening hides: PrivateTmp= does so with /tmp and /var/tmp. */
export const workspace = mkdtempSync(
  join(scope === 'system' ? '/var/lib' : (process.env.HOME ?? '/'), 'stead-e2e-'),
)
// Services also run as other users.
chmodSync(workspace, 0o755)

export function makeHome(root: string | null): Home {
  const { env } = process
  return homeOf({ platform: 'linux', scope, env, userHome: env.HOME ?? '/', root })
}

/** What the command line composes on this machine. */
export function realPorts(home: Home = makeHome(null)): SystemdPorts {
  const runner = nodeCommandRunner()
  return {
    scope,
    home,
    runner,
    files: nodeFileSystem(),
    clock: systemClock(),
    accounts: accounts(runner),
    processes: processes(),
    env: process.env,
    stead: [process.execPath, steadFile],
  }
}

export function realManager(changes: Partial<SystemdPorts> = {}) {
  return systemdManager({ ...realPorts(), ...changes })
}
