import { createHash } from 'node:crypto'
import { SteadError } from '../../errors.ts'
import type { Home } from '../../model/home.ts'
import type { InstallOutcome } from '../../model/plan.ts'
import type { LogonRegistry } from '../../model/ports/logon-registry.ts'
import type { Scope, ServiceSpec } from '../../model/service-spec.ts'

export const MANAGER = 'run-key'
/** "Run and RunOnce Registry Keys", Microsoft Learn: a command line for each program, read at logon. */
export const RUN_KEY = 'Software\\Microsoft\\Windows\\CurrentVersion\\Run'
const STEAD = 'Software\\stead'
export const MARKS = `${STEAD}\\run-keys`

/** The key of a user, and that of the machine. */
export const ROOT: Readonly<Record<Scope, string>> = { user: 'HKCU', system: 'HKLM' }

/** What stead remembers of a value that it wrote; what the service is stands in the record of its home. */
export interface Mark {
  readonly home: string
  /** SHA-256 of the value below Run, in hex; empty where stead wrote none. */
  readonly command: string
  /**
   * For all users: the spec itself, in JSON. Of the keys of the machine everybody may read the values
   * and administrators alone write them, while nobody else may read the records of the machine's home.
   */
  readonly spec: string | null
}

export function markKey(name: string): string {
  return `${MARKS}\\${name}`
}

/**
 * @param command what stands below Run; null for nothing
 * @param spec of a service for all users; null for one of the user who asks
 */
export function markOf(home: Home, command: string | null, spec: ServiceSpec | null = null): Mark {
  return {
    home: placeOf(home),
    command: command === null ? '' : digest(command),
    spec: spec === null ? null : JSON.stringify(spec),
  }
}

function placeOf(home: Home): string {
  return home.root ?? home.specs
}

/** What is installed for all users under a name; null for nothing. */
export function specForAll(registry: LogonRegistry, name: string): ServiceSpec | null {
  const text = readRegistration(registry, name).mark?.spec ?? null
  return text === null ? null : (JSON.parse(text) as ServiceSpec)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** What the registry has of a name. */
export interface Registration {
  readonly mark: Mark | null
  /** The value below Run: its text, null for none; one that is no text is nothing that stead writes. */
  readonly value: string | { readonly foreign: true } | null
}

export function readRegistration(registry: LogonRegistry, name: string): Registration {
  const text = (key: string, value: string): string | null => {
    const found = registry.read(key, value)
    return found?.type === 'REG_SZ' ? found.data : null
  }
  const home = text(markKey(name), 'home')
  const more = (value: string): string | null => text(markKey(name), value)
  const mark = home === null ? null : { home, command: more('command') ?? '', spec: more('spec') }
  const there = registry.read(RUN_KEY, name) !== null
  return { mark, value: there ? (text(RUN_KEY, name) ?? { foreign: true }) : null }
}

export function isOurs({ mark }: Registration, home: Home): boolean {
  return mark !== null && mark.home.toLowerCase() === placeOf(home).toLowerCase()
}

/** True where stead wrote the value that is there. */
function wroteValue({ mark, value }: Registration): boolean {
  return typeof value === 'string' && mark?.command === digest(value)
}

/** @throws NOT_INSTALLED, FOREIGN */
export function requireOurs(registry: LogonRegistry, home: Home, name: string): Registration {
  const found = readRegistration(registry, name)
  if (isOurs(found, home)) return found
  if (found.mark !== null) throw foreign(name, `it belongs to ${found.mark.home}`)
  if (found.value !== null) throw foreign(name, `it is a value of ${RUN_KEY}`)
  throw new SteadError('NOT_INSTALLED', { name, manager: MANAGER })
}

function foreign(name: string, where: string): SteadError {
  return new SteadError('FOREIGN', { name, manager: MANAGER, where })
}

/** @throws FOREIGN where the value is not the one that stead wrote last */
function requireOwnValue(found: Registration, name: string): void {
  if (found.value === null || wroteValue(found)) return
  throw foreign(name, `its value in ${RUN_KEY} is not what stead wrote`)
}

/**
 * Writes the mark and the value, or leaves both as they were. A value is never there without a mark
 * that knows it, wherever this ends: then the next installation could not tell whose it is.
 *
 * @param command null for a service that nothing starts by itself
 * @param spec of one for all users
 * @throws FOREIGN
 */
export function register(
  registry: LogonRegistry,
  home: Home,
  name: string,
  command: string | null,
  spec: ServiceSpec | null,
): InstallOutcome {
  const before = readRegistration(registry, name)
  if (before.mark !== null || before.value !== null) requireOurs(registry, home, name)
  // What came into a place that stead left empty stays there.
  if (before.value !== null && (command !== null || before.mark?.command !== '')) {
    requireOwnValue(before, name)
  }
  const mark = markOf(home, command, spec)
  const value = wroteValue(before) ? (before.value as string) : null
  const isSame = JSON.stringify(before.mark) === JSON.stringify(mark)
  if (isSame && value === command) return 'unchanged'
  if (before.mark !== null) requireRight(registry, name, before.mark)
  try {
    if (value !== null && value !== command) registry.remove(RUN_KEY, name)
    writeMark(registry, name, mark)
    if (command !== null && value !== command) registry.write(RUN_KEY, name, command)
  } catch (error) {
    restore(registry, name, { mark: before.mark, value, isWritten: command !== null }, error)
    throw error
  }
  return before.mark === null ? 'created' : 'updated'
}

function writeMark(registry: LogonRegistry, name: string, { home, command, spec }: Mark): void {
  const key = markKey(name)
  registry.write(key, 'home', home)
  if (spec !== null) registry.write(key, 'spec', spec)
  registry.write(key, 'command', command)
}

function restore(
  registry: LogonRegistry,
  name: string,
  { mark, value, isWritten }: { mark: Mark | null; value: string | null; isWritten: boolean },
  cause: unknown,
): void {
  try {
    if (isWritten) registry.remove(RUN_KEY, name)
    if (mark === null) removeMark(registry, name)
    else writeMark(registry, name, mark)
    if (value !== null) registry.write(RUN_KEY, name, value)
  } catch (error) {
    throw new SteadError(
      'MANAGER_FAILED',
      {
        manager: MANAGER,
        action: `undo the installation of ${name}`,
        detail: (error as Error).message,
        remedy: `install ${name} again, or remove it: stead uninstall ${name}`,
      },
      { cause },
    )
  }
}

/** Removes what {@link register} wrote, and nothing else. @throws NOT_INSTALLED, FOREIGN */
export function unregister(registry: LogonRegistry, home: Home, name: string): void {
  const found = requireRemovable(registry, home, name)
  if (wroteValue(found)) registry.remove(RUN_KEY, name)
  removeMark(registry, name)
}

/**
 * What is to be removed, before anything is stopped for it.
 *
 * @throws NOT_INSTALLED, FOREIGN; a WindowsError without that right
 */
export function requireRemovable(registry: LogonRegistry, home: Home, name: string): Registration {
  const found = requireOurs(registry, home, name)
  if (found.mark?.command !== '') requireOwnValue(found, name)
  if (found.mark !== null) requireRight(registry, name, found.mark)
  return found
}

/** Before anything changes: without the right to, nothing could be put back either. */
function requireRight(registry: LogonRegistry, name: string, { home }: Mark): void {
  registry.write(markKey(name), 'home', home)
}

/** Keys above are removed with the last mark; one that somebody else uses stays. */
function removeMark(registry: LogonRegistry, name: string): void {
  registry.removeKey(markKey(name))
  for (const key of [MARKS, STEAD]) registry.removeKey(key)
}
