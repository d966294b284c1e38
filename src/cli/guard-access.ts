/** Which guard a command means: the one of a stead.yaml, or those that have a service of a name. */

import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { GuardClient } from '../control/client.ts'
import { isSteadError, SteadError } from '../errors.ts'
import type { InstanceStatus } from '../model/guard-status.ts'
import type { Home } from '../model/home.ts'
import { suggest } from '../model/suggest.ts'
import type { RegisteredGuard } from '../platform/control/guard-registry.ts'
import { findGuardFile, type GuardHomeOptions, guardHomes } from './compose-guard-home.ts'

/** A running guard that can be asked. */
export interface Connected {
  readonly facts: RegisteredGuard
  readonly client: GuardClient
}

/** Those of stead.yaml files: what they keep is started and stopped by them, and by no manager. */
export function ofFiles(guards: readonly Connected[]): readonly Connected[] {
  return guards.filter(({ facts }) => facts.file !== null)
}

/** Names that a guard has, and those that none has. */
export interface Placed {
  readonly guards: readonly { readonly guard: Connected; readonly names: readonly string[] }[]
  readonly elsewhere: readonly string[]
}

/** The running guards of a home; closes the connections when `use` has ended. */
export async function withGuards<T>(
  options: GuardHomeOptions,
  use: (guards: readonly Connected[]) => Promise<T>,
): Promise<T> {
  return withAll(options, ({ guards }) => use(guards))
}

/** Guards that answer, and those that run and do not let the caller in. */
interface Found {
  readonly guards: readonly Connected[]
  readonly refused: readonly { readonly file: string | null; readonly error: SteadError }[]
}

async function withAll<T>(
  options: GuardHomeOptions,
  use: (found: Found) => Promise<T>,
): Promise<T> {
  const homes = await Promise.all(guardHomes(options).map(connectGuards))
  const found = {
    guards: homes.flatMap(({ guards }) => guards),
    refused: homes.flatMap(({ refused }) => refused),
  }
  try {
    return await use(found)
  } finally {
    for (const { client } of found.guards) client.close()
  }
}

/** The only guard of these; null where there is none. @throws USAGE where there are several */
export function onlyOf(guards: readonly Connected[]): Connected | null {
  const [only = null] = guards
  if (guards.length < 2) return only
  const files = guards.map(({ facts }) => facts.file ?? facts.project).join(', ')
  throw new SteadError('USAGE', { problem: `several guards run; name one with -f: ${files}` })
}

/**
 * The stead.yaml that a command means: the one named, or the nearest; where none is near, that of the
 * only guard that runs.
 *
 * @throws FILE_UNREADABLE where there is none, RIGHTS, USAGE where several run
 */
export async function fileMeant(
  named: string | undefined,
  options: GuardHomeOptions,
): Promise<string> {
  try {
    return findGuardFile(named)
  } catch (error) {
    if (named !== undefined) throw error
    return withAll(options, async ({ guards, refused }) => {
      const file = onlyOf(ofFiles(guards))?.facts.file ?? null
      if (file === null) throw refused[0]?.error ?? error
      return file
    })
  }
}

/**
 * The guard of the stead.yaml that is meant; see {@link fileMeant}.
 *
 * @throws GUARD_NOT_RUNNING, FILE_UNREADABLE, RIGHTS, USAGE
 */
export async function withGuardOf<T>(
  named: string | undefined,
  options: GuardHomeOptions,
  use: (client: GuardClient, guard: Connected) => Promise<T>,
): Promise<T> {
  const file = await fileMeant(named, options)
  return withAll(options, async ({ guards, refused }) => {
    const guard = guards.find((one) => one.facts.file === file)
    if (guard === undefined) {
      const refusal = refused.find((one) => one.file === file)
      throw refusal?.error ?? new SteadError('GUARD_NOT_RUNNING', { file })
    }
    return use(guard.client, guard)
  })
}

/** Most commands are about no guard at all, and load nothing for them. */
async function connectGuards(home: Home): Promise<Found> {
  if (!existsSync(join(home.run, 'guards'))) return { guards: [], refused: [] }
  const [registry, { connectControl }, processes] = await Promise.all([
    import('../platform/control/guard-registry.ts'),
    import('./compose-control.ts'),
    import('./compose-system.ts').then(({ composeProcesses }) => composeProcesses()),
  ])
  const found = await registry.guards(home, processes)
  const others = socketsIn(home).filter((socket) => !found.some((one) => one.socket === socket))
  const refused: { file: string | null; error: SteadError }[] = []
  const connected = [...found, ...others].map(async (one) => {
    const client = connectControl(typeof one === 'string' ? one : one.socket)
    try {
      const facts = await client.facts()
      return [{ facts: typeof one === 'string' ? { ...facts, birth: '' } : one, client }]
    } catch (error) {
      client.close()
      if (typeof one !== 'string' && isSteadError(error, 'RIGHTS')) {
        refused.push({ file: one.file, error })
      }
      return []
    }
  })
  return { guards: (await Promise.all(connected)).flat(), refused }
}

/** Also a guard that could not be written down, the disk being full, has a socket in its directory. */
function socketsIn({ run }: Home): readonly string[] {
  const all = join(run, 'guards')
  return readdirSync(all)
    .map((name) => join(all, name, 'control.sock'))
    .filter((path) => existsSync(path))
}

/** Where each name lives: every guard is asked, and what no guard knows is the manager's. */
export async function placeNames(
  names: readonly string[],
  guards: readonly Connected[],
): Promise<Placed> {
  const known = await Promise.all(guards.map(async (guard) => knownNames(guard, names)))
  const placed = guards.flatMap((guard, at) =>
    (known[at] ?? []).length === 0 ? [] : [{ guard, names: known[at] ?? [] }],
  )
  const found = new Set(known.flat())
  return { guards: placed, elsewhere: names.filter((name) => !found.has(name)) }
}

async function knownNames({ client }: Connected, names: readonly string[]): Promise<string[]> {
  const all = (await statusesOf(client, [])) ?? []
  const plain = new Set(
    all.flatMap(({ id, service, instance }) => [id, service, `${service}@${instance}`]),
  )
  const asked = await Promise.all(
    names.map(async (name) =>
      // What is not a service may be a group or a glob of the guard's.
      plain.has(name) || (await statusesOf(client, [name])) !== null ? [name] : [],
    ),
  )
  return asked.flat()
}

/** Null where the guard has nothing of such a name. */
export async function statusesOf(
  client: GuardClient,
  names: readonly string[],
): Promise<readonly InstanceStatus[] | null> {
  try {
    return (await client.status({ names })).services
  } catch (error) {
    // A guard that died a moment ago has nothing either.
    const known = isSteadError(error, 'NOT_INSTALLED') || isSteadError(error, 'GUARD_UNREACHABLE')
    if (known) return null
    throw error
  }
}

/** How long a guard that has answered for the last time may take to leave, in milliseconds. */
const LEAVING = 10_000

/** Resolves when the process of a guard has ended: then another one may take its place. */
export async function untilGone({ pid, birth, socket }: RegisteredGuard): Promise<void> {
  const { composeProcesses } = await import('./compose-system.ts')
  const processes = await composeProcesses()
  const end = performance.now() + LEAVING
  // One that was found by its socket may be in another namespace, where its pid is another number.
  const isThere = async (): Promise<boolean> =>
    birth === ''
      ? existsSync(join(dirname(socket), 'lock'))
      : (await processes.birth(pid)) === birth
  while ((await isThere()) && performance.now() < end) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

/** The name nearest to one that nothing has, among all that the guards have. */
export async function nearestName(
  name: string,
  guards: readonly Connected[],
): Promise<string | null> {
  const found = await Promise.all(guards.map(({ client }) => statusesOf(client, [])))
  return suggest(
    name,
    found.flatMap((services) => (services ?? []).map(({ service }) => service)),
  )
}

/**
 * What a manager's refusal means where guards run: that it has no such service either, with the name
 * of the guards' that is near. Any other error is as it was.
 */
export async function elsewhereError(
  error: unknown,
  name: string,
  guards: readonly Connected[],
): Promise<unknown> {
  const unknown = isSteadError(error, 'NOT_INSTALLED') || isSteadError(error, 'MANAGER_UNAVAILABLE')
  if (!unknown || guards.length === 0) return error
  const near = await nearestName(name, guards)
  const manager = isSteadError(error, 'NOT_INSTALLED')
    ? 'neither a running guard nor the manager'
    : 'no running guard'
  return new SteadError('NOT_INSTALLED', { name, manager, near })
}
