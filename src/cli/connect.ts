/** `connect()` of `stead/client`: finds a guard, and speaks with it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type GuardClient, guardClient } from '../control/client.ts'
import { type FollowOptions, followEvents } from '../control/follow-events.ts'
import { SteadError } from '../errors.ts'
import type { GuardEvent } from '../model/guard-event.ts'
import type { ControlConnection } from '../model/ports/control-transport.ts'
import type {
  EventGap,
  GuardVerb,
  Selection,
  VerbOptions,
  VerbResult,
} from '../model/ports/guard-api.ts'
import { systemClock } from '../platform/clock.ts'
import { controlConnection, tcpConnection } from '../platform/control/connect.ts'
import { type GuardHomeOptions, guardHomes } from './compose-guard-home.ts'
import { fileMeant } from './guard-access.ts'

/** Which guard: by its socket, its project, its stead.yaml, or its address; else that of this directory or above it, or the only one that runs. */
export interface ConnectOptions extends GuardHomeOptions {
  /** Absolute path of a socket, as `stead status --json` and `STEAD_SOCKET` of a program name it. */
  readonly socket?: string
  readonly project?: string
  /** A stead.yaml. */
  readonly file?: string
  /** A guard that answers over TCP: `https://guard.example:7878`. */
  readonly url?: string
  /** Over TCP, what is shown. */
  readonly token?: string
  /** Over TLS, PEM texts: who has signed the guard's certificate, and one's own with its key. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
}

/** Services by name, `NAME@2`, group or glob; or by labels too. */
export type Which = string | readonly string[] | Selection

type Act = (which: Which, options?: VerbOptions) => Promise<readonly VerbResult[]>

/** A guard. Every error is a SteadError: code, message, hint, as the guard threw it. */
export interface Client extends Omit<GuardClient, 'act' | 'events' | 'status' | 'history'>, Verbs {
  status(which?: Which): ReturnType<GuardClient['status']>
  history(which?: Which, limit?: number): ReturnType<GuardClient['history']>
  act(verb: GuardVerb, which: Which, options?: VerbOptions): Promise<readonly VerbResult[]>
  /**
   * Events as they come, over connections that end and guards that are replaced: none is left out
   * without a gap, and none comes twice. Leave the loop, or abort `signal`, to end it.
   */
  events(options?: FollowOptions): AsyncIterable<GuardEvent | EventGap>
  /** The state of everything at one moment, and what follows it, on one connection. */
  snapshot(signal?: AbortSignal): ReturnType<GuardClient['events']>
}

type Verbs = Readonly<Record<GuardVerb, Act>>

/**
 * A guard that runs, on this machine unless an address is named. Nothing is kept open while nothing is asked; `close` ends what is.
 *
 * @throws GUARD_NOT_RUNNING where none runs that is meant, FILE_UNREADABLE where no stead.yaml is found and
 *   no guard runs, USAGE where none is found and several run,
 *   GUARD_UNREACHABLE where none answers, RIGHTS where the caller has no role, NOT_AUTHENTICATED where what
 *   is shown over TCP is not known, USAGE for what is no address
 */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  const client = guardClient(await connectionOf(options))
  try {
    await client.facts()
  } catch (error) {
    client.close()
    throw error
  }
  return richClient(client)
}

async function connectionOf(options: ConnectOptions): Promise<ControlConnection> {
  const { url, token, tls = {}, socket } = options
  if (url === undefined) return controlConnection(socket ?? (await socketOf(options)))
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url)) {
    const problem = `${JSON.stringify(url)} is no address such as https://guard.example:7878`
    throw new SteadError('USAGE', { problem })
  }
  const shown = token === undefined ? tls : { ...tls, token }
  return tcpConnection({ url: new URL(url), ...shown })
}

async function socketOf({ project, file, ...options }: ConnectOptions): Promise<string> {
  const [{ guards }, processes] = await Promise.all([
    import('../platform/control/guard-registry.ts'),
    import('./compose-system.ts').then(({ composeProcesses }) => composeProcesses()),
  ])
  const homes = guardHomes(options).filter(({ run }) => existsSync(join(run, 'guards')))
  const found = (await Promise.all(homes.map((home) => guards(home, processes)))).flat()
  const named = project === undefined ? await fileMeant(file, options) : null
  const guard = found.find((one) =>
    named === null ? isProject(one.project, project as string) : one.file === named,
  )
  if (guard !== undefined) return guard.socket
  throw new SteadError('GUARD_NOT_RUNNING', {
    file: named ?? `the project ${project as string}`,
  })
}

/** Guards are written down with the mark that tells those of one project apart. */
function isProject(registered: string, project: string): boolean {
  return registered === project || registered.replace(/-[0-9a-f]{8}$/, '') === project
}

function richClient(client: GuardClient): Client {
  const act: Client['act'] = (verb, which, options) => client.act(verb, selectionOf(which), options)
  const verb =
    (name: GuardVerb): Act =>
    (which, options) =>
      act(name, which, options)
  return {
    ...client,
    start: verb('start'),
    stop: verb('stop'),
    restart: verb('restart'),
    reload: verb('reload'),
    pause: verb('pause'),
    resume: verb('resume'),
    once: verb('once'),
    hold: verb('hold'),
    act,
    status: (which = []) => client.status(selectionOf(which)),
    history: (which = [], limit) => client.history(selectionOf(which), limit),
    events: (options) => followEvents(client, systemClock(), options),
    snapshot: (signal) => client.events(null, signal),
  }
}

function selectionOf(which: Which): Selection {
  if (typeof which === 'string') return { names: [which] }
  return Array.isArray(which) ? { names: which } : (which as Selection)
}
