import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { allPids, executableOf } from './processes.ts'

export const ROOT = resolve(fileURLToPath(import.meta.url), '../../../..')

/** Everything that a run of the benchmark makes lies here, and every process of it is known by it. */
export interface Workspace {
  readonly directory: string
  readonly program: string
  readonly floor: string
  /** A copy of this node, so that what it maps is not shared with the benchmark's own. */
  readonly node: string
  readonly env: NodeJS.ProcessEnv
  /** A fresh directory. */
  fresh(name: string): string
  /** A process in a session of its own. */
  spawn(file: string, args: readonly string[], options?: SpawnOptions): ChildProcess
  /** A command to its end. @throws where it fails */
  run(file: string, args: readonly string[]): Promise<string>
  /** Ends whatever of this run still lives. */
  sweep(): number
  close(): void
}

export function createWorkspace(): Workspace {
  const directory = mkdtempSync(join(tmpdir(), 'stead-bench-guard-'))
  const mark = `STEAD_BENCH=${randomBytes(8).toString('hex')}`
  const [key = '', value] = mark.split('=')
  const env = { ...process.env, [key]: value, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
  let made = 0
  const compile = (name: string): string => {
    const file = join(directory, `bench-${name}`)
    const source = join(ROOT, 'test', 'bench', 'guard', `${name}.c`)
    const { status, stderr, error } = spawnSync('cc', ['-O2', '-o', file, source], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`cc ${name}.c: ${error?.message ?? stderr}`)
    return file
  }
  const sweep = (): number => {
    const ours = allPids().filter(
      (pid) => pid !== process.pid && (isMarked(pid, mark) || isProgram(pid, directory)),
    )
    for (const pid of ours) endIfThere(pid)
    return ours.length
  }
  const start: Workspace['spawn'] = (file, args, options = {}) =>
    spawn(file, args, { env, cwd: directory, detached: true, stdio: 'ignore', ...options })
  const program = compile('program')
  const floor = compile('floor')
  const node = join(directory, 'node')
  copyFileSync(process.execPath, node)
  return {
    directory,
    program,
    floor,
    node,
    env,
    fresh(name) {
      made += 1
      const path = join(directory, `${made}-${name}`)
      mkdirSync(path)
      return path
    },
    spawn: start,
    run(file, args) {
      return new Promise((done, fail) => {
        const child = start(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
        let output = ''
        for (const stream of [child.stdout, child.stderr]) {
          stream?.setEncoding('utf8').on('data', (text: string) => {
            output = (output + text).slice(-4000)
          })
        }
        child.once('error', fail)
        child.once('close', (code) => {
          if (code === 0) done(output)
          else
            fail(new Error(`${file} ${args.slice(0, 3).join(' ')} ended with ${code}: ${output}`))
        })
      })
    },
    sweep,
    close() {
      // What forks while it is swept may need a second look.
      for (let looks = 0; looks < 5 && sweep() > 0; looks += 1);
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function isMarked(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark)
  } catch {
    return false
  }
}

function isProgram(pid: number, directory: string): boolean {
  return executableOf(pid).startsWith(`${directory}/`)
}

function endIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

/** Resolves when `child` has ended. @throws after `limit` milliseconds */
export function endOf(child: ChildProcess, what: string, limit = 120_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`${what} did not end`)), limit)
    child.once('exit', () => {
      clearTimeout(timer)
      done()
    })
  })
}
