import { type ChildProcess, spawn } from 'node:child_process'
import type { EventListener } from '../../model/event-outlet.ts'
import type { LineSink } from '../../model/ports/line-sink.ts'
import type { Outcome } from '../../sinks/delivery.ts'
import type { EventTeller } from './event-outlet.ts'

export interface ListenerParts {
  readonly environment: Readonly<Record<string, string>>
  readonly idsOf: (user: string | null, group: string | null) => { uid?: number; gid?: number }
  /** Where goes what it writes beside its answers. */
  readonly log: LineSink
}

/** A line that is longer is cut. */
const LONGEST_LINE = 16 * 1024
/** Milliseconds between the end of its input and SIGKILL. */
const END_WITHIN = 2_000

/**
 * A program that gets one event a line on its standard input, the next one only when it has answered
 * with a line `ok` on its standard output. It is started for the first event, and anew after it ended.
 */
export function eventListener(listener: EventListener, parts: ListenerParts): EventTeller {
  const { environment, idsOf, log } = parts
  let child: ChildProcess | null = null
  let answer: ((outcome: Outcome) => void) | null = null
  let ended: Promise<void> = Promise.resolve()

  function settle(outcome: Outcome): void {
    answer?.(outcome)
    answer = null
  }

  function start(): ChildProcess {
    const [file, ...args] = listener.command
    const made = spawn(file, args, {
      cwd: listener.cwd,
      env: { ...environment, STEAD_LISTENER: listener.name },
      // A group of its own, so that a Ctrl-C for the guard is none for it, and all of it can be ended.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...idsOf(listener.user, null),
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    ended = promise
    const over = (why: string): void => {
      if (child === made) child = null
      settle({ kind: 'later', why, after: null })
      resolve()
    }
    made.on('error', (error: NodeJS.ErrnoException) => over(`${file}: ${error.code ?? 'failed'}`))
    made.on('exit', (code, signal) => {
      const why = signal === null ? `it ended with exit code ${code}` : `it ended by ${signal}`
      log.write(`${new Date().toISOString()} (${why})`)
      over(why)
    })
    made.stdin.on('error', () => {})
    eachLine(made.stdout, (line) => {
      if (line === 'ok') settle({ kind: 'done' })
      else log.write(line)
    })
    eachLine(made.stderr, (line) => log.write(line))
    return made
  }

  return {
    tell(event, signal) {
      const { promise, resolve } = Promise.withResolvers<Outcome>()
      answer = resolve
      child ??= start()
      const { stdin, pid } = child
      const late = setTimeout(() => {
        settle({ kind: 'later', why: `no answer within ${listener.timeout} ms`, after: null })
        // Whatever it answers now is not meant for the event that comes next.
        child = null
        killGroup(pid)
      }, listener.timeout)
      const give = (): void => settle({ kind: 'later', why: 'the guard ends', after: null })
      signal.addEventListener('abort', give, { once: true })
      stdin?.write(`${JSON.stringify(event)}\n`)
      return promise.finally(() => {
        clearTimeout(late)
        signal.removeEventListener('abort', give)
      })
    },
    async close() {
      const last = child
      if (last !== null) {
        last.stdin?.end()
        const late = setTimeout(() => killGroup(last.pid), END_WITHIN)
        await ended
        clearTimeout(late)
        killGroup(last.pid)
      }
      log.close()
    },
  }
}

function eachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('error', () => {})
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = (lines.pop() as string).slice(0, LONGEST_LINE)
    for (const line of lines) take(line.replace(/\r$/, '').slice(0, LONGEST_LINE))
  })
  stream.on('end', () => {
    if (rest !== '') take(rest)
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing is left of it.
  }
}
