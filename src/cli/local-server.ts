/** `createLocalServer` of the SDK: a service's own tool, asked by users whom the kernel tells apart. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { SteadError } from '../errors.ts'
import type { AccessRule, Role } from '../model/access.ts'
import type { ControlAnswer } from '../model/ports/control-transport.ts'
import type { Caller } from '../model/ports/guard-api.ts'

export type { Role } from '../model/access.ts'

/** Who has a role: names or numbers of users and groups of the system. */
export interface LocalAccess {
  readonly role: Role
  readonly users?: readonly (string | number)[]
  readonly groups?: readonly (string | number)[]
}

export interface LocalRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** At most 1 MiB. */
  readonly body: string
  /** From the kernel, as it was when the connection was made; on Windows uid is null, and `sid` is there. */
  readonly caller: Caller
  /** The highest that the caller has. */
  readonly role: Role
  /** @throws RIGHTS, which is answered with 403, where the caller's role is a lower one */
  readonly needs: (role: Role) => void
  /** Aborted as soon as nobody waits for the answer any more. */
  readonly gone: () => AbortSignal
}

/** `json`, `text` or `parts` (as fast as the client reads); with none of them an empty object. */
export interface LocalAnswer {
  /** 200 unless given. */
  readonly status?: number
  readonly json?: unknown
  readonly text?: string
  readonly parts?: AsyncIterable<string>
  /** Of the content: JSON, or plain text in UTF-8, unless given. */
  readonly type?: string
}

export interface LocalServerOptions {
  /** Absolute path of a unix socket; on Windows a named pipe, `\\.\pipe\NAME`. */
  readonly path: string
  /** Who may ask beside the user of the process and root, who are admin. Nobody unless given. */
  readonly access?: readonly LocalAccess[]
  /** A SteadError that it throws is told to the caller; anything else is a 500 without its words. */
  readonly answer: (request: LocalRequest) => LocalAnswer | Promise<LocalAnswer>
  /** Gets what `answer` threw and the caller is not told; a warning of the process unless given. */
  readonly onError?: (error: unknown) => void
}

export interface LocalServer {
  readonly path: string
  /** A directory above the socket that keeps others out, and is not the server's to open. */
  readonly obstacle: string | null
  /** Takes no more, and lets what is being answered be read for a second. */
  close(): Promise<void>
}

const RANKS: readonly Role[] = ['viewer', 'operator', 'admin']
const PERMISSIONS = { viewer: 'view', operator: 'operate', admin: 'administer' } as const
const FAILURE = {
  code: 'INTERNAL',
  message: 'the service has failed to answer',
  hint: 'its log says more',
}
const TEXT_TYPE = 'text/plain; charset=utf-8'

/**
 * Answers HTTP on a unix socket (a named pipe on Windows) to those whom `access` names, and to nobody
 * else: a service that runs with rights offers a few things to users that have none. Who asks is the
 * kernel's word (SO_PEERCRED, unix(7)), not the caller's. Bodies, headers, clients and times are bounded
 * as those of a guard are.
 *
 * On Windows the pipe lets its creator, administrators and the system connect, and all of them are
 * admin.
 *
 * @throws SOCKET_PATH_TOO_LONG, DIRECTORY_UNSAFE for a directory that others may write to, GUARD_RUNNING
 *   where somebody listens already, USER_UNKNOWN for a name in `access` that nobody has
 */
export async function createLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { path, answer, access: given = [], onError = warn } = options
  const [{ accessControl, refusal }, { serveControl }, { shareSocket }, accounts, answers] =
    await Promise.all([
      import('../control/access.ts'),
      import('../platform/control/serve.ts'),
      import('../platform/control/share-socket.ts'),
      import('./compose-system.ts').then(({ composeCallerRules }) => composeCallerRules()),
      import('../control/answers.ts'),
    ])
  const rules = given.map(ruleOf)
  for (const { users, groups } of rules) {
    check('user', users, accounts.uidOf)
    check('group', groups, accounts.gidOf)
  }
  const current = { rules, services: [] }
  const access = accessControl({ current: () => current, ...accounts })
  const found = existsSync(dirname(path))
  const server = await serveControl({
    socket: path,
    allow: (caller) => access.knows(caller),
    what: 'this service',
    async handler(request) {
      const { target, caller } = request
      const at = target.indexOf('?')
      const has = (role: Role): boolean => access.may(caller, PERMISSIONS[role])
      const asked = at === -1 ? target : target.slice(0, at)
      try {
        const value = await answer({
          method: request.method,
          path: asked,
          query: new URLSearchParams(at === -1 ? '' : target.slice(at + 1)),
          headers: request.headers,
          body: request.body,
          caller,
          role: RANKS.findLast(has) ?? 'viewer',
          needs(role) {
            if (!has(role)) throw refusal(role, null, `${request.method} ${asked.slice(0, 200)}`)
          },
          gone: () => request.gone(),
        })
        return answerOf(value)
      } catch (error) {
        if (error instanceof SteadError) return answers.errorAnswer(error)
        onError(error)
        return answers.jsonAnswer({ error: FAILURE }, 500)
      }
    },
  })
  // A directory that was there is somebody else's to open.
  const directories = found ? [] : [dirname(path)]
  const places = { socket: path, directories, guards: null, registered: null }
  const obstacle = rules.length === 0 ? null : shareSocket(places, true)
  return { path, obstacle, close: () => server.close() }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}

function answerOf(answer: LocalAnswer): ControlAnswer {
  const { status = 200, json = {}, text, parts, type } = answer
  if (parts !== undefined) return { status, type: type ?? TEXT_TYPE, parts }
  if (text !== undefined) return { status, type: type ?? TEXT_TYPE, body: text }
  return { status, type: type ?? 'application/json; charset=utf-8', body: JSON.stringify(json) }
}

function ruleOf({ role, users = [], groups = [] }: LocalAccess): AccessRule {
  return {
    role,
    users: users.map(String),
    groups: groups.map(String),
    identities: [],
    services: [],
    labels: {},
  }
}

function check(
  kind: 'user' | 'group',
  names: readonly string[],
  numberOf: (name: string) => number | null,
): void {
  const unknown = names.find((name) => !/^\d+$/.test(name) && numberOf(name) === null)
  if (unknown !== undefined) throw new SteadError('USER_UNKNOWN', { kind, name: unknown })
}
