/** A guard of its own for one test: a directory with a stead.yaml, a home, and the command on both. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '../../../src/cli/connect.ts'
import { isSteadError } from '../../../src/errors.ts'
import type { InstanceStatus } from '../../../src/model/guard-status.ts'
import { withCleanUp } from '../../contract/clean-up.ts'
import { until } from '../../contract/until.ts'

const COMMAND = fileURLToPath(new URL('../../../bin/stead.js', import.meta.url))
const NODE = process.execPath
/** What a machine under load may take, in milliseconds. */
export const PATIENCE = 60_000

export interface Answer {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The steps of a stop have a suite of their own. */
const AT_ONCE = [{ signal: 'SIGKILL', wait: '5s' }]

/** JavaScript for node, and settings of stead.yaml. */
interface JavaScriptService {
  readonly js: string
  readonly [setting: string]: unknown
}

export interface Room {
  readonly directory: string
  readonly file: string
  readonly home: string
  /** Writes stead.yaml: the settings of each service, its command being JavaScript for node. */
  services(all: Readonly<Record<string, JavaScriptService>>, more?: object): void
  stead(...args: string[]): Answer
  /** As before, and the exit code has to be 0. */
  must(...args: string[]): string
  /** Starts a guard in the foreground, and waits until it answers. */
  up(): Promise<ChildProcess>
  /** As the guard tells it on its pipe; null where there is none. */
  status(name: string): Promise<InstanceStatus | null>
  /** The instance, when it is in this phase. */
  untilPhase(name: string, phase: InstanceStatus['phase']): Promise<InstanceStatus>
  readonly printed: () => string
  dispose(): Promise<void>
}

export function room(): Room {
  const directory = mkdtempSync(join(tmpdir(), 'stead guard '))
  const file = join(directory, 'stead.yaml')
  const home = join(directory, 'home')
  const guards: ChildProcess[] = []
  let printed = ''

  const self: Room = {
    directory,
    file,
    home,
    services(all, more = {}) {
      const services = Object.fromEntries(
        Object.entries(all).map(([name, { js, ...settings }]) => [
          name,
          { command: [NODE, '-e', js], stop: AT_ONCE, ...settings },
        ]),
      )
      // JSON is YAML.
      writeFileSync(file, JSON.stringify({ services, ...more }))
    },
    stead(...args) {
      const all = [COMMAND, ...args, '--home', home]
      const options = { encoding: 'utf8', cwd: directory, timeout: PATIENCE } as const
      const { status, stdout, stderr } = spawnSync(NODE, all, options)
      return { code: status, stdout, stderr }
    },
    must(...args) {
      const { code, stdout, stderr } = self.stead(...args)
      assert.equal(code, 0, `stead ${args.join(' ')}: ${stdout}${stderr}\n${printed}`)
      return stdout
    },
    async up() {
      const child = spawn(NODE, [COMMAND, 'up', '--home', home], {
        cwd: directory,
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
      })
      guards.push(child)
      let heard = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          heard += text
          printed += text
        })
      }
      await until(
        'the guard answers',
        () => {
          if (child.exitCode !== null) throw new Error(`the guard ended: ${heard}`)
          return heard.includes('in another terminal')
        },
        PATIENCE,
      )
      return child
    },
    async status(name) {
      try {
        const client = await connect({ home, file })
        try {
          return (await client.status(name)).services[0] ?? null
        } finally {
          client.close()
        }
      } catch (error) {
        if (isSteadError(error, 'NOT_INSTALLED') || isSteadError(error, 'GUARD_NOT_RUNNING')) {
          return null
        }
        throw error
      }
    },
    untilPhase: (name, phase) =>
      until(
        `${name} is ${phase}`,
        async () => {
          const status = await self.status(name)
          return status?.phase === phase && status
        },
        PATIENCE,
      ),
    printed: () => printed,
    async dispose() {
      self.stead('down')
      for (const child of guards) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        child.kill()
        await once(child, 'exit')
      }
      // The directory is somebody's for a moment after its end.
      await until('the directory is gone', () => removed(directory), PATIENCE)
    },
  }
  return self
}

function removed(directory: string): boolean {
  try {
    rmSync(directory, { recursive: true, force: true })
    return true
  } catch {
    return false
  }
}

/** In a room that is gone afterwards, however it ends. */
export async function inRoom(body: (here: Room) => Promise<void>): Promise<void> {
  const here = room()
  await withCleanUp(() => body(here), here.dispose)
}

/** Whether a process of that number lives. */
export function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
