import { type ChildProcess, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { wholeLines } from '../contract/whole-lines.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
export const STORY = join(root, 'test/fixtures/services/story.ts')
export const HELLO = join(root, 'examples/hello/app.ts')

export interface Running {
  readonly child: ChildProcess
  readonly pid: number
  /** Both streams so far. */
  output(): string
  /** Resolves when the output has what is looked for; rejects when the process ends before. */
  until(pattern: RegExp): Promise<string>
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  events(): string[]
}

/** Runs a program with node as a user would, in a terminal that is none. */
export function runProgram(
  script: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
  nodeOptions: readonly string[] = [],
): Running {
  const record = join(temporaryDirectory('sdk'), 'record')
  const own = script === STORY ? ['--record', record] : []
  const child = spawn(process.execPath, [...nodeOptions, script, ...own, ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', VITEST: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const watchers = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      for (const look of watchers) look()
    })
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) =>
    child.once('close', (code, signal) => done({ code, signal })),
  )
  return {
    child,
    pid: child.pid as number,
    output: () => output,
    ended,
    async until(pattern) {
      const found = new Promise<string>((done) => {
        const look = (): void => {
          if (pattern.test(output)) done(output)
        }
        watchers.add(look)
        look()
      })
      const gone = ended.then(() => {
        if (pattern.test(output)) return output
        throw new Error(`it ended before ${String(pattern)}:\n${output}`)
      })
      return Promise.race([found, gone])
    },
    events: () => wholeLines(`${record}.events`),
  }
}
