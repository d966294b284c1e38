/**
 * One attempt by a process of its own, for tests: `attempt.ts SCOPE ACTION NAME`, where ACTION is a
 * verb of the manager. Prints what came of it as JSON.
 */

import { isSteadError } from '../../../../src/errors.ts'
import { installService, uninstallService } from '../../../../src/managers/installation.ts'
import { homeOf } from '../../../../src/model/home.ts'
import type { Scope } from '../../../../src/model/service-spec.ts'
import { locks } from '../../../../src/platform/posix/locks.ts'
import { realManager, realPorts } from './manager.ts'
import { recorder } from './scenario.ts'

const [scope, action, name] = process.argv.slice(2) as [Scope, string, string]
const { env } = process
const home = homeOf({ platform: 'linux', scope, env, userHome: env.HOME ?? '/', root: null })
const ports = realPorts(home)
const manager = realManager({ scope, home })
const installation = { manager, home, files: ports.files, clock: ports.clock, locks: locks() }

try {
  console.log(JSON.stringify({ value: (await attempt()) ?? null }))
} catch (error) {
  if (!isSteadError(error)) throw error
  const { code, message, hint } = error
  console.log(JSON.stringify({ code, message, hint }))
}

async function attempt(): Promise<unknown> {
  switch (action) {
    case 'install':
      return (await installService(installation, recorder(name, []))).outcome
    case 'install-bare':
      return manager.install(manager.plan(recorder(name, [])))
    case 'install-auto':
      return (await installService(installation, recorder(name, [], { startType: 'auto' }))).outcome
    case 'uninstall':
      return uninstallService(installation, name)
    case 'start':
      return manager.start(name)
    case 'stop':
      return manager.stop(name)
    case 'restart':
      return manager.restart(name)
    case 'reload':
      return manager.reload(name)
    case 'status':
      return (await manager.status(name)).phase
    case 'logs': {
      const texts: string[] = []
      for await (const { text } of manager.logs(name, { lines: 3 })) texts.push(text)
      return texts
    }
    default:
      throw new Error(`no action ${action}`)
  }
}
