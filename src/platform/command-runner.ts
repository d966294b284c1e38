import { spawn } from 'node:child_process'
import type { Exit } from '../model/exit.ts'
import type { CommandOptions, CommandResult, CommandRunner } from '../model/ports/command-runner.ts'

const DEFAULT_TIMEOUT = 30_000
/** More output than this is a runaway; the rest is dropped so that memory stays bounded. */
const MAX_OUTPUT = 16 * 1024 * 1024

/** Runs programs through `node:child_process`, never through a shell. */
export function nodeCommandRunner(): CommandRunner {
  return { run, lines }
}

function run(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env, LC_ALL: 'C' },
      windowsHide: true,
    })
    const output = { stdout: '', stderr: '' }
    let timedOut = false
    let failure: Exit | null = null
    const timer = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
      // A program that the command started may hold its output open for as long as it likes.
      child.stdout.destroy()
      child.stderr.destroy()
    }, options.timeout ?? DEFAULT_TIMEOUT)

    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (chunk: string) => {
        if (output[stream].length < MAX_OUTPUT) output[stream] += chunk
      })
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      // 'close' does not follow when the process was never there.
      failure = { kind: 'spawn-error', errno: error.code ?? 'UNKNOWN' }
      if (child.pid === undefined) finish(failure)
    })
    child.on('close', (code, signal) => finish(failure ?? exitOf(code, signal)))
    // A command that ends before it has read its input is no error of ours.
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')

    function finish(exit: Exit): void {
      clearTimeout(timer)
      resolve({ exit, timedOut, ...output })
    }
  })
}

/** Only commands that are followed need it, and loading it takes a start two milliseconds. */
const readline = (): typeof import('node:readline') => process.getBuiltinModule('node:readline')

async function* lines(
  file: string,
  args: readonly string[],
  options: { signal?: AbortSignal } = {},
): AsyncGenerator<string> {
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LC_ALL: 'C' },
    windowsHide: true,
  })
  const failed = new Promise<never>((_, reject) => child.once('error', reject))
  failed.catch(() => {})
  const stop = (): void => void child.kill()
  options.signal?.addEventListener('abort', stop, { once: true })
  if (options.signal?.aborted) stop()
  try {
    const reader = readline().createInterface({
      input: child.stdout,
      crlfDelay: Number.POSITIVE_INFINITY,
    })
    const iterator = reader[Symbol.asyncIterator]()
    for (;;) {
      const next = await Promise.race([iterator.next(), failed])
      if (next.done) return
      yield next.value
    }
  } finally {
    options.signal?.removeEventListener('abort', stop)
    stop()
  }
}

function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  if (signal !== null) return { kind: 'signal', signal }
  return code === null ? { kind: 'unknown' } : { kind: 'code', code }
}
