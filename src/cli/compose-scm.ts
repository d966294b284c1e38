/** Puts the host for the Windows Service Control Manager together; used before user code and by it. */
import { readFileSync } from 'node:fs'
import { parseEnvFile } from '../config/env-file.ts'
import { SteadError } from '../errors.ts'
import { scmHost } from '../hosts/scm/scm-host.ts'
import type { Host } from '../model/ports/host.ts'
import type { ScmConversation } from '../model/ports/scm-conversation.ts'
import { parseScmRecord, type ScmRecord } from '../model/scm-record.ts'
import { systemClock } from '../platform/clock.ts'
import { rotatingFile } from '../platform/rotating-file.ts'
import { connectServiceDispatcher } from '../platform/win32/service-dispatcher.ts'
import { logPrinted } from './printed-lines.ts'

/** How long `run()` may take to be called where there is no record to say so. */
const DEFAULT_START_TIMEOUT = 90_000

/** A host that made contact before user code was loaded and waits for `run()`. */
export interface WaitingHost {
  /** Milliseconds until `run()` has to be called. */
  readonly startTimeout: number
  /** Hands the host over to `run()`; from then on it reports for itself. */
  claim(): Host
}

/** Under this name the preload leaves its host; a copy of stead of another version finds it too. */
const WAITING = Symbol.for('stead.scm.waiting')
const shelf = globalThis as { [WAITING]?: WaitingHost | undefined }

/**
 * The host that the preload has made contact with, or else contact made now.
 *
 * @returns null when the SCM did not start this process
 * @throws MANAGER_UNAVAILABLE when koffi or the Windows API fails
 */
export async function connectScmHost(): Promise<Host | null> {
  const waiting = shelf[WAITING]
  if (waiting !== undefined) {
    shelf[WAITING] = undefined
    return waiting.claim()
  }
  return (await makeContact())?.host ?? null
}

/** For the preload. */
export function leaveForRun(waiting: WaitingHost): void {
  shelf[WAITING] = waiting
}

/**
 * Makes contact and lives by the service's record: environment and working directory are as declared
 * when it resolves. A record that cannot be lived by ends the process, and the SCM knows why.
 */
export async function makeContact(): Promise<{ host: Host; startTimeout: number } | null> {
  const conversation = await connectServiceDispatcher()
  if (conversation === null) return null
  let record: ScmRecord | null = null
  let problem: unknown = null
  try {
    record = recordOf(conversation)
  } catch (error) {
    problem = error
  }
  const host = scmHost({
    conversation,
    clock: systemClock(),
    sink: record === null ? null : rotatingFile(record.logFile),
    patience: record === null ? null : { start: record.startTimeout, stop: record.stopTimeout },
  })
  logPrinted(host.log)
  const startTimeout = record?.startTimeout ?? DEFAULT_START_TIMEOUT
  host.report('starting', startTimeout)
  try {
    if (problem !== null) throw problem
    if (record !== null) liveBy(record)
  } catch (error) {
    const code = error instanceof SteadError ? error.exit : 1
    process.exit(host.finish({ kind: 'code', code }, (error as Error).message))
  }
  return { host, startTimeout }
}

function recordOf({ record, serviceName }: ScmConversation): ScmRecord | null {
  return record === null ? null : parseScmRecord(record, `the record of service ${serviceName}`)
}

function liveBy({ env, envFile, cwd }: ScmRecord): void {
  Object.assign(process.env, env, envFile === null ? {} : parseEnvFile(read(envFile), envFile))
  if (cwd === null) return
  try {
    process.chdir(cwd)
  } catch (cause) {
    throw new SteadError('CWD_UNUSABLE', { path: cwd, reason: (cause as Error).message }, { cause })
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const reason = (cause as Error).message
    throw new SteadError('FILE_UNREADABLE', { path, reason }, { cause })
  }
}
