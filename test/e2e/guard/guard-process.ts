import { type ChildProcess, spawn } from 'node:child_process'
import { plainEnvironment } from './stead.ts'

/** Milliseconds for what was said last to be read; longer only where something else holds the streams. */
const READ_WITHIN = 5_000

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A `stead up` in the foreground, as a process of ours. */
export interface GuardProcess {
  readonly pid: number
  /** What it has printed so far, both streams; when it has {@link ended}, all of it. */
  readonly text: () => string
  readonly ended: Promise<Ended>
  readonly signal: (name: NodeJS.Signals) => void
  /** To its whole process group, as a terminal does it. */
  readonly signalGroup: (name: NodeJS.Signals) => void
  /** As from a keyboard, where standard input is a terminal or goes on to one. */
  readonly type: (text: string) => void
  /** SIGKILL, and waits until it is gone. */
  readonly kill: () => Promise<void>
}

/** Starts a command in a session of its own. */
export function startProcess(
  [file, ...args]: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): GuardProcess {
  const child: ChildProcess = spawn(file as string, args, {
    cwd: options.cwd,
    env: plainEnvironment(options.env),
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      // Enough to see what went wrong.
      text = (text + part).slice(-1_000_000)
    })
  }
  child.stdin?.on('error', () => {})
  const ended = new Promise<Ended>((done, fail) => {
    child.once('error', fail)
    child.once('exit', (code, signal) => {
      // A program that wrongly holds its streams must not hide its end.
      const late = setTimeout(() => done({ code, signal }), READ_WITHIN)
      child.once('close', () => {
        clearTimeout(late)
        done({ code, signal })
      })
    })
  })
  const pid = child.pid as number
  return {
    pid,
    text: () => text,
    ended,
    signal: (name) => void child.kill(name),
    signalGroup: (name) => void process.kill(-pid, name),
    type: (keys) => void child.stdin?.write(keys),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
