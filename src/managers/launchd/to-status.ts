import { describeExit, succeeded } from '../../model/exit.ts'
import type { Scope } from '../../model/service-spec.ts'
import type { Phase, ServiceStatus } from '../../model/service-status.ts'
import type { JobFacts } from './job-facts.ts'
import type { Marker } from './marker.ts'
import type { ProcessFacts } from './process-facts.ts'

/** sysexits(3): what launchd shows for a job whose program it could not start. */
const EX_CONFIG = 78

export interface StatusParts {
  readonly name: string
  readonly scope: Scope
  /** There is a plist or a loaded job of that name. */
  readonly known: boolean
  /** Null for what this stead did not install. */
  readonly marker: Marker | null
  /** Null where it is not loaded. */
  readonly job: JobFacts | null
  readonly process: ProcessFacts | null
}

/** Puts a status together. launchd knows no readiness, so `running` is all that a process can be. */
export function toStatus({ name, scope, known, marker, job, process }: StatusParts): ServiceStatus {
  const phase = known ? phaseOf(marker, job) : 'not-installed'
  const lastExit = job?.lastExit ?? null
  return {
    name,
    manager: 'launchd',
    scope,
    ours: marker !== null,
    displayName: marker?.displayName ?? null,
    startType: marker?.startType ?? null,
    want: known ? (job === null || phase === 'fatal' || phase === 'stopped' ? 'down' : 'up') : null,
    phase,
    ready: null,
    pid: job?.pid ?? null,
    startedAt: process?.startedAt ?? null,
    memory: process?.memory ?? null,
    restarts: job?.runs == null ? null : Math.max(0, job.runs - 1),
    lastExit: lastExit === null ? null : { exit: lastExit, at: null },
    statusText: null,
    why: whyOf(phase, lastExit),
  }
}

function phaseOf(marker: Marker | null, job: JobFacts | null): Phase {
  if (job === null) return 'stopped'
  if (job.pid !== null) return 'running'
  const restart = marker?.restart ?? 'no'
  if (job.lastExit === null) return restart === 'no' ? 'stopped' : 'starting'
  if (succeeded(job.lastExit)) return restart === 'always' ? 'backoff' : 'stopped'
  return restart === 'no' ? 'fatal' : 'backoff'
}

function whyOf(phase: Phase, exit: JobFacts['lastExit']): string | null {
  if (exit === null || (phase !== 'fatal' && phase !== 'backoff')) return null
  if (exit.kind === 'code' && exit.code === EX_CONFIG) {
    return 'it ended with code 78, which is also what launchd tells when it could not start the program at all: look at the command, the working directory and the user'
  }
  return `it ended with ${describeExit(exit)}`
}
