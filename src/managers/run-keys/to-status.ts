import type { Exit } from '../../model/exit.ts'
import type { InstanceStatus, ProgramPhase } from '../../model/guard-status.ts'
import type { GuardEnd } from '../../model/ports/logon-guards.ts'
import type { Scope, ServiceSpec } from '../../model/service-spec.ts'
import type { Phase, ServiceStatus } from '../../model/service-status.ts'
import { MANAGER, type Registration } from './registration.ts'

export interface StatusParts {
  readonly name: string
  readonly scope: Scope
  readonly found: Registration
  readonly ours: boolean
  /** Null where there is no record that can be read. */
  readonly spec: ServiceSpec | null
  /** As the guard tells it; null where none runs. */
  readonly program: InstanceStatus | null
  /** How the last guard ended; null where none has run. */
  readonly lastEnd: GuardEnd | null
}

const PHASES: Readonly<Partial<Record<ProgramPhase, Phase>>> = { exited: 'stopped', lost: 'fatal' }

/**
 * Puts a status together. Without a guard nothing runs: its programs end with it, and what became of them
 * is how it ended.
 */
export function toStatus(parts: StatusParts): ServiceStatus {
  const { name, scope, found, ours, spec, program, lastEnd } = parts
  const known = found.mark !== null || found.value !== null
  const end = program === null ? endOf(lastEnd) : program.lastExit
  return {
    name,
    manager: MANAGER,
    scope,
    ours,
    displayName: ours ? (spec?.displayName ?? null) : null,
    startType: ours ? (spec?.startType ?? (found.value === null ? null : 'auto')) : null,
    want: known && ours ? wantOf(program) : null,
    phase: known ? phaseOf(parts) : 'not-installed',
    ready: program?.ready ?? null,
    pid: program?.pid ?? null,
    startedAt: program?.startedAt == null ? null : new Date(program.startedAt),
    memory: null,
    restarts: program?.restarts ?? null,
    lastExit: end === null ? null : { exit: end.exit, at: new Date(end.at) },
    statusText: program?.statusText ?? null,
    why: known ? whyOf(parts) : null,
  }
}

function phaseOf({ program, lastEnd }: StatusParts): Phase {
  if (program !== null) return (PHASES[program.phase] ?? program.phase) as Phase
  return lastEnd?.failure == null ? 'stopped' : 'fatal'
}

function endOf(end: GuardEnd | null): { readonly exit: Exit; readonly at: string } | null {
  return end === null ? null : { exit: end.exit ?? { kind: 'unknown' }, at: end.at }
}

function wantOf(program: InstanceStatus | null): 'up' | 'down' {
  return program !== null && /^(up|once)$/.test(program.want.state) ? 'up' : 'down'
}

function whyOf({ ours, program, lastEnd }: StatusParts): string | null {
  if (program !== null) return program.phase === 'running' ? null : program.why
  if (!ours) return 'stead did not install it, and cannot tell whether it runs'
  if (lastEnd === null || lastEnd.exit !== null) return lastEnd?.failure ?? null
  return `its guard, which began at ${lastEnd.at}, ended without a word: at a logoff, or it was killed`
}
