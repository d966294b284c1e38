import { type GuardClient, guardClient } from '../control/client.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { GuardApi } from '../model/ports/guard-api.ts'
import { controlConnection } from '../platform/control/connect.ts'
import type { ControlServer, ServeOptions } from '../platform/control/serve.ts'

export interface ControlServerOptions extends Omit<ServeOptions, 'handler'> {
  readonly api: GuardApi
  readonly clock: Clock
}

/**
 * The control API of a guard on its socket. What answers is loaded here, not with the client.
 *
 * @throws SOCKET_PATH_TOO_LONG, DIRECTORY_UNSAFE, GUARD_RUNNING
 */
export async function controlServer({
  api,
  clock,
  ...options
}: ControlServerOptions): Promise<ControlServer> {
  const [{ serveControl }, { controlHandler }, { logFiles }] = await Promise.all([
    import('../platform/control/serve.ts'),
    import('../control/handler.ts'),
    import('../platform/log-files.ts'),
  ])
  return serveControl({ ...options, handler: controlHandler({ api, logs: logFiles(clock) }) })
}

/** The guard behind a socket. Nothing is connected before something is asked. */
export function connectControl(socket: string): GuardClient {
  return guardClient(controlConnection(socket))
}
