import type { InstanceStatus, ProgramPhase } from '../../model/guard-status.ts'
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
}

const PHASES: Readonly<Partial<Record<ProgramPhase, Phase>>> = { exited: 'stopped', lost: 'fatal' }

/** Puts a status together. Without a guard nothing runs: its programs end with it. */
export function toStatus({ name, scope, found, ours, spec, program }: StatusParts): ServiceStatus {
  const known = found.mark !== null || found.value !== null
  const phase = program === null ? 'stopped' : (PHASES[program.phase] ?? program.phase)
  const end = program?.lastExit ?? null
  return {
    name,
    manager: MANAGER,
    scope,
    ours,
    displayName: ours ? (spec?.displayName ?? null) : null,
    startType: ours ? (spec?.startType ?? (found.value === null ? null : 'auto')) : null,
    want: known && ours ? wantOf(program) : null,
    phase: known ? (phase as Phase) : 'not-installed',
    ready: program?.ready ?? null,
    pid: program?.pid ?? null,
    startedAt: program?.startedAt == null ? null : new Date(program.startedAt),
    memory: null,
    restarts: program?.restarts ?? null,
    lastExit: end === null ? null : { exit: end.exit, at: new Date(end.at) },
    statusText: program?.statusText ?? null,
    why: whyOf(known, ours, program),
  }
}

function wantOf(program: InstanceStatus | null): 'up' | 'down' {
  return program !== null && /^(up|once)$/.test(program.want.state) ? 'up' : 'down'
}

function whyOf(known: boolean, ours: boolean, program: InstanceStatus | null): string | null {
  if (program !== null) return program.phase === 'running' ? null : program.why
  if (known && !ours) return 'stead did not install it, and cannot tell whether it runs'
  return null
}
