import { spawn } from 'node:child_process'
import type { ExecProbeOptions, ProbeOutcome } from '../../model/ports/probe.ts'
import { oneOutcome, reasonOf } from './outcome.ts'

/** The last line is told; more than this of it is not kept. */
const LONGEST_LINE = 300

type IdsOf = (user: string | null, group: string | null) => { uid?: number; gid?: number }

/** Runs a command in a process group of its own, of which nothing is left when the probe has ended. */
export function execProbe(
  [file, ...args]: readonly [string, ...string[]],
  { cwd, env, user, group, ...options }: ExecProbeOptions,
  idsOf: IdsOf,
): Promise<ProbeOutcome> {
  return oneOutcome(options, (end) => {
    const child = spawn(file, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...idsOf(user, group),
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

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // Nothing is left of it.
  }
}
