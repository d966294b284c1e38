import { SteadError } from '../../errors.ts'
import type { Home } from '../../model/home.ts'
import type { Clock } from '../../model/ports/clock.ts'
import type { CommandRunner } from '../../model/ports/command-runner.ts'
import type { FileSystem } from '../../model/ports/file-system.ts'
import type { Accounts, Processes } from '../../model/ports/machine.ts'
import type { Scope } from '../../model/service-spec.ts'
import { type Marker, parseMarker } from './marker.ts'
import { type SessionVariables, unitDirectory } from './session.ts'
import { type Systemctl, systemctl } from './systemctl.ts'
import type { UnitFacts } from './unit-facts.ts'

export interface SystemdPorts {
  readonly scope: Scope
  readonly home: Home
  readonly files: FileSystem
  readonly runner: CommandRunner
  readonly clock: Clock
  readonly accounts: Accounts
  readonly processes: Processes
  readonly env: SessionVariables
  /** How stead is started: node, its options, and the file of the command. */
  readonly stead: readonly string[]
}

/** What every verb works with. */
export interface Context extends SystemdPorts {
  readonly ctl: Systemctl
  /** For messages. */
  readonly manager: string
  readonly directory: string
}

/** A unit as systemd and its file tell it. */
export interface Unit {
  readonly facts: UnitFacts
  /** Of a unit that this stead home wrote; null for every other. */
  readonly marker: Marker | null
}

export function contextOf(ports: SystemdPorts): Context {
  return {
    ...ports,
    ctl: systemctl(ports),
    manager: ports.scope === 'system' ? 'systemd' : 'systemd --user',
    directory: unitDirectory(ports),
  }
}

export function unitPath({ directory }: Context, name: string): string {
  return `${directory}/${name}.service`
}

/** Looks a unit up; one that does not exist has `load` `not-found`. */
export async function lookUp(context: Context, name: string): Promise<Unit> {
  const [facts] = await context.ctl.show([name])
  if (facts === undefined) throw new SteadError('INTERNAL', { detail: 'systemctl showed nothing' })
  return { facts, marker: await markerOf(context, name, facts) }
}

/** Looks a unit up that a verb needs. @throws NOT_INSTALLED */
export async function require(context: Context, name: string): Promise<Unit> {
  const unit = await lookUp(context, name)
  if (unit.facts.load === 'not-found') {
    throw new SteadError('NOT_INSTALLED', { name, manager: context.manager })
  }
  return unit
}

/** Throws FOREIGN for a unit that this stead home did not write, wherever it lies. */
export function refuseForeign(context: Context, name: string, { facts, marker }: Unit): void {
  if (facts.load === 'not-found' || marker !== null) return
  throw new SteadError('FOREIGN', {
    name,
    manager: context.manager,
    where: facts.fragment ?? facts.id,
  })
}

async function markerOf(context: Context, name: string, facts: UnitFacts): Promise<Marker | null> {
  const path = unitPath(context, name)
  // A unit of ours is found under its own name, where stead writes; an alias or a copy is not.
  if (facts.id !== `${name}.service` || facts.fragment !== path) return null
  return ownMarker(context, await context.files.readText(path).catch(() => null))
}

/** The marker of a unit text, where it is of this home. */
export function ownMarker({ home }: Context, text: string | null): Marker | null {
  const marker = text === null ? null : parseMarker(text)
  return marker !== null && marker.home === home.root ? marker : null
}

/** Changing the machine's units takes root. Asked before anything is done. @throws RIGHTS */
export function requireRightToInstall(context: Context, action: string): SteadError | null {
  return context.scope === 'system' && !context.accounts.isPrivileged()
    ? new SteadError('RIGHTS', {
        action,
        right: `root, to write in ${context.directory}`,
        remedy: 'run the same command with sudo, or use --scope user',
      })
    : null
}
