import { type GuardClient, guardClient } from '../control/client.ts'
import type { Audit } from '../model/ports/audit.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { GuardApi } from '../model/ports/guard-api.ts'
import { controlConnection } from '../platform/control/connect.ts'
import type { ControlServer, ServeOptions } from '../platform/control/serve.ts'

export interface ControlServerOptions
  extends Omit<ServeOptions, 'handler' | 'allow'>,
    Partial<Pick<ServeOptions, 'allow'>> {
  readonly api: GuardApi
  readonly clock: Clock
  /** Where changes are noted down; nowhere unless given. */
  readonly audit?: Audit
}

const NOWHERE: Audit = { append: () => 0 }

/**
 * The control API of a guard on its socket. What answers is loaded here, not with the client.
 *
 * @throws SOCKET_PATH_TOO_LONG, DIRECTORY_UNSAFE, GUARD_RUNNING
 */
export async function controlServer({
  api,
  clock,
  audit = NOWHERE,
  ...options
}: ControlServerOptions): Promise<ControlServer> {
  const [{ serveControl }, { controlHandler }, { logFiles }, { accessControl }, accounts] =
    await Promise.all([
      import('../platform/control/serve.ts'),
      import('../control/handler.ts'),
      import('../platform/log-files.ts'),
      import('../control/access.ts'),
      import('../platform/posix/account-numbers.ts'),
    ])
  const access = accessControl({
    current: () => api.access(),
    owner: process.geteuid?.() ?? null,
    uidOf: accounts.uidOf,
    gidOf: accounts.gidOf,
  })
  const handler = controlHandler({ api, logs: logFiles(clock), access, audit })
  return serveControl({ allow: (caller) => access.knows(caller), ...options, handler })
}

/** The guard behind a socket. Nothing is connected before something is asked. */
export function connectControl(socket: string): GuardClient {
  return guardClient(controlConnection(socket))
}
