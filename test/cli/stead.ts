import { spawn, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(fileURLToPath(import.meta.url), '../../..')
const command = resolve(root, 'bin/stead.js')

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly uid?: number
  /** For standard input; nothing is there without it. */
  readonly input?: string
}

/** Runs the command as it is called: a process of its own. */
export function stead(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [command, ...args], {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    })
    // One that does not read it may have ended before it is written.
    child.stdin?.on('error', () => {}).end(options.input)
    const said = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
        said[stream] += chunk
      })
    }
    child.once('error', failed)
    child.once('close', (code) => done({ code, ...said }))
  })
}

/** What a shell says; its standard output. */
export function inShell(shell: string, script: string): string {
  return spawnSync(shell, ['-c', script], { encoding: 'utf8', cwd: root }).stdout
}
