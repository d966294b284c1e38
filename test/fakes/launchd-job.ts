import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../../src/model/ports/clock.ts'
import type { Parsed } from './plist-parser.ts'

/** sysexits(3): what launchd notes for a program that it could not start. */
const EX_CONFIG = 78
/** launchd.plist(5), ThrottleInterval. */
const DEFAULT_THROTTLE = 10
const DEFAULT_EXIT_TIMEOUT = 20

export type JobDefinition = Readonly<Record<string, Parsed>>

/** One loaded job and its process: a real one, started as launchd would start it. */
export interface FakeJob {
  readonly definition: JobDefinition
  readonly pid: number | null
  readonly runs: number
  readonly lastExit: { readonly code: number | null; readonly signal: string | null } | null
  /** Being removed: launchd answers "in progress" to whatever is asked of it now. */
  readonly removing: boolean
  start(): void
  kill(signal: NodeJS.Signals): boolean
  /** SIGTERM, and SIGKILL when ExitTimeOut is over; resolves when nothing is left. */
  remove(): Promise<void>
}

export function fakeJob(definition: JobDefinition, clock: Clock): FakeJob {
  let child: ChildProcess | null = null
  let runs = 0
  let lastExit: FakeJob['lastExit'] = null
  let removing = false
  let startedAt = Number.NEGATIVE_INFINITY
  const waiting = new AbortController()
  let gone = Promise.resolve()

  function start(): void {
    if (child !== null || removing) return
    runs++
    startedAt = clock.monotonic()
    const ended = Promise.withResolvers<void>()
    gone = ended.promise
    const process = spawnJob(definition)
    child = process
    process.on('error', () => end(EX_CONFIG, null))
    process.on('exit', end)

    function end(code: number | null, signal: string | null): void {
      if (child !== process) return
      child = null
      lastExit = { code, signal }
      if (definition.AbandonProcessGroup !== true) endGroup(process.pid)
      ended.resolve()
      if (!removing && isKeptAlive(definition, code === 0)) respawn()
    }
  }

  function respawn(): void {
    const throttle = Number(definition.ThrottleInterval ?? DEFAULT_THROTTLE) * 1_000
    const wait = Math.max(0, startedAt + throttle - clock.monotonic())
    clock.sleep(wait, waiting.signal).then(start, () => {})
  }

  function kill(signal: NodeJS.Signals): boolean {
    return child?.kill(signal) ?? false
  }

  async function remove(): Promise<void> {
    removing = true
    waiting.abort()
    if (child === null) return
    const patience = new AbortController()
    const limit = Number(definition.ExitTimeOut ?? DEFAULT_EXIT_TIMEOUT) * 1_000
    clock.sleep(limit, patience.signal).then(
      () => kill('SIGKILL'),
      () => {},
    )
    kill('SIGTERM')
    await gone
    patience.abort()
  }

  if (definition.RunAtLoad === true || definition.KeepAlive !== undefined) start()
  return {
    definition,
    get pid() {
      return child?.pid ?? null
    },
    get runs() {
      return runs
    },
    get lastExit() {
      return lastExit
    },
    get removing() {
      return removing
    },
    start,
    kill,
    remove,
  }
}

function spawnJob(definition: JobDefinition): ChildProcess {
  const [file = '', ...args] = definition.ProgramArguments as string[]
  const out = openSync(definition.StandardOutPath as string, 'a')
  const error = openSync(definition.StandardErrorPath as string, 'a')
  try {
    return spawn(file, args, {
      cwd: (definition.WorkingDirectory as string | undefined) ?? '/',
      env: {
        PATH: `${dirname(process.execPath)}:/usr/bin:/bin:/usr/sbin:/sbin`,
        XPC_SERVICE_NAME: definition.Label as string,
        ...(definition.EnvironmentVariables as Record<string, string>),
      },
      stdio: ['ignore', out, error],
      detached: true,
    })
  } finally {
    closeSync(out)
    closeSync(error)
  }
}

function isKeptAlive({ KeepAlive }: JobDefinition, success: boolean): boolean {
  if (typeof KeepAlive !== 'object') return KeepAlive === true
  return (KeepAlive as { SuccessfulExit?: boolean }).SuccessfulExit === success
}

/** "When a job dies, launchd kills any remaining processes with the same process group": launchd.plist(5). */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing is left in it.
  }
}
