import { constants } from 'node:os'
import { type GuardClient, guardClient } from '../control/client.ts'
import type { ControlParts } from '../control/routes.ts'
import type { RpcMachine } from '../control/supervisor/method.ts'
import type { Audit } from '../model/ports/audit.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { ControlHandler } from '../model/ports/control-transport.ts'
import type { Caller, GuardApi } from '../model/ports/guard-api.ts'
import { controlConnection } from '../platform/control/connect.ts'
import type { ControlServer, ServeOptions } from '../platform/control/serve.ts'
import { composeCallerRules } from './compose-system.ts'

export interface AnswersOptions {
  readonly api: GuardApi
  readonly clock: Clock
  /** Where changes are noted down; nowhere unless given. */
  readonly audit?: Audit
  readonly trail?: ControlParts['trail']
}

export interface Answers {
  readonly handler: ControlHandler
  /** True for one that may ask anything at all. */
  readonly allow: (caller: Caller) => boolean
  /** What the guard does for one caller, noted as what others ask. */
  readonly apiFor: (caller: Caller) => GuardApi
}

const NOWHERE: Audit = { append: () => 0 }

/** What a guard answers, and to whom: the same for every way in. Loaded here, not with the client. */
export async function composeAnswers({
  api,
  clock,
  audit = NOWHERE,
  trail = null,
}: AnswersOptions): Promise<Answers> {
  const [{ controlHandler }, { logFiles }, { accessControl }, { authorisedApi }, rules] =
    await Promise.all([
      import('../control/handler.ts'),
      import('../platform/log-files.ts'),
      import('../control/access.ts'),
      import('../control/authorised-api.ts'),
      composeCallerRules(),
    ])
  const access = accessControl({ current: () => api.access(), ...rules })
  return {
    handler: controlHandler({
      api,
      logs: logFiles(clock),
      access,
      audit,
      trail,
      machine: machine(clock),
    }),
    allow: (caller) => access.knows(caller),
    apiFor: (caller) => authorisedApi({ api, caller, access, audit }),
  }
}

export type ControlServerOptions = Omit<ServeOptions, 'handler' | 'allow'> &
  Partial<Pick<ServeOptions, 'allow'>> &
  AnswersOptions

/**
 * The control API of a guard on its socket.
 *
 * @throws SOCKET_PATH_TOO_LONG, DIRECTORY_UNSAFE, GUARD_RUNNING
 */
export async function controlServer({
  api,
  clock,
  audit,
  trail,
  ...options
}: ControlServerOptions): Promise<ControlServer> {
  const [{ serveControl }, { handler, allow }] = await Promise.all([
    import('../platform/control/serve.ts'),
    composeAnswers({ api, clock, ...(audit ? { audit } : {}), ...(trail ? { trail } : {}) }),
  ])
  return serveControl({ allow, ...options, handler })
}

function machine(clock: Clock): RpcMachine {
  return {
    now: () => clock.wall(),
    signals: constants.signals,
    readPiece: async (...what) =>
      (await import('../platform/file-pieces.ts')).readFilePiece(...what),
  }
}

/** The guard behind a socket. Nothing is connected before something is asked. */
export function connectControl(socket: string): GuardClient {
  return guardClient(controlConnection(socket))
}
