import { spawn } from 'node:child_process'
import type { ExecProbeOptions, ProbeOutcome } from '../../model/ports/probe.ts'
import type { SpawnRequest } from '../../model/ports/spawner.ts'
import { commandOf } from '../posix/spawn/trampolines.ts'
import { oneOutcome, reasonOf } from './outcome.ts'

/** The last line is told; more than this of it is not kept. */
const LONGEST_LINE = 300

/** Runs a command in a process group of its own, of which nothing is left when the probe has ended. */
export function execProbe(
  command: readonly [string, ...string[]],
  { cwd, env, user, group, supplementaryGroups, ...options }: ExecProbeOptions,
): Promise<ProbeOutcome> {
  return oneOutcome(options, (end) => {
    const identity = { user, group, supplementaryGroups }
    const made = asSomebody({ file: command[0], args: command, cwd, env, ...identity })
    if ('fault' in made) {
      const { failure } = made.fault
      end(false, `${failure?.what}: ${failure?.errno}; ${failure?.remedy}`)
      return () => {}
    }
    const { path, args } = made.command
    const child = spawn(path, args.slice(1), {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    })
    let tail = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        tail = (tail + text.slice(-LONGEST_LINE)).slice(-LONGEST_LINE)
      })
      stream.on('error', () => {})
    }
    child.on('error', (error) => end(false, reasonOf(error)))
    child.on('exit', (code, signal) => {
      // What it wrote last is in the pipe and comes in the same turn of the loop or the next one.
      setImmediate(() => {
        const what = signal === null ? `exit code ${code}` : `ended by ${signal}`
        const line = tail.trimEnd().split('\n').at(-1) ?? ''
        end(code === 0, line === '' ? what : `${what}: ${line}`)
      })
    })
    return () => {
      child.stdout.destroy()
      child.stderr.destroy()
      killGroup(child.pid)
    }
  })
}

type Whom = Pick<
  SpawnRequest,
  'file' | 'args' | 'cwd' | 'env' | 'user' | 'group' | 'supplementaryGroups'
>

/** As a program is started: with all groups of its user, which the options of node would take from it. */
function asSomebody(whom: Whom): ReturnType<typeof commandOf> {
  const { file, args, user, group, supplementaryGroups } = whom
  if (user === null && group === null && supplementaryGroups === null) {
    return { command: { path: file, args } }
  }
  return commandOf({ ...whom, stdio: [], umask: null, nice: null, rlimits: {} })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // Nothing is left of it.
  }
}
