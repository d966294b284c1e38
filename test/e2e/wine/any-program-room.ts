/** Programs that know nothing of stead, installed as services of the real SCM by the use case of `stead install`. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { forgetGuardOf } from '../../../src/cli/compose-guard-home.ts'
import {
  composeManager,
  installationPorts,
  type Workshop,
} from '../../../src/cli/compose-manager.ts'
import { parseSpec } from '../../../src/config/parse-spec.ts'
import { installService, uninstallService } from '../../../src/managers/installation.ts'
import type { ScmStatus } from '../../../src/model/ports/service-control.ts'
import { serviceControl } from '../../../src/platform/win32/service-control.ts'
import { withCleanUp } from '../../contract/clean-up.ts'
import { until } from '../../contract/until.ts'
import { windowsProgram } from '../../fixtures/windows-programs.ts'

/** A guard is started out of its TypeScript here, on a machine that others use. */
export const PATIENCE = 60_000

export const scm = serviceControl()
const STEAD = fileURLToPath(new URL('../../../bin/stead.js', import.meta.url))
let count = 0

export interface AnyProgram {
  readonly name: string
  /** The home that it is installed in, with a blank and CJK characters in its path. */
  readonly home: string
  readonly workshop: Workshop
  /** Installs it again, with other settings. */
  install(settings: Readonly<Record<string, unknown>>): Promise<string>
  start(...args: string[]): Promise<void>
  control(code: number): Promise<void>
  status(): Promise<ScmStatus>
  /** Waits until the SCM has it in that state. */
  reaches(state: ScmStatus['state'], deadline?: number): Promise<ScmStatus>
  /** What the host has logged, and what the program printed. */
  log(): string
  /** The command `stead`, for this home. */
  stead(...args: string[]): { readonly status: number | null; readonly output: string }
}

/** Installs it by the settings of a service file, gives it to `use`, and leaves nothing of it. */
export async function withProgram<T>(
  settings: Readonly<Record<string, unknown>>,
  use: (service: AnyProgram) => Promise<T>,
): Promise<T> {
  count += 1
  const name = `stead-any-${process.pid}-${count}`
  const home = mkdtempSync(join(tmpdir(), 'stead 家 '))
  const workshop = await composeManager({ scope: 'system', manager: null, home })
  const ports = await installationPorts(workshop)
  let lastPid: number | null = null
  const install = async (asked: Readonly<Record<string, unknown>>): Promise<string> => {
    const spec = parseSpec({ name, user: 'LocalSystem', ...asked }, 'the test')
    return (await installService(ports, spec)).outcome
  }
  const status = async (): Promise<ScmStatus> => {
    const found = await scm.status(name)
    lastPid = found.pid ?? lastPid
    return found
  }
  const service: AnyProgram = {
    name,
    home,
    workshop,
    install,
    start: (...args) => scm.start(name, args),
    control: (code) => scm.control(name, code),
    status,
    async reaches(state, deadline = PATIENCE) {
      const look = async (): Promise<ScmStatus | null> => {
        const found = await status()
        return found.state === state ? found : null
      }
      return until(`${name} is ${state}`, look, deadline).catch((error: Error) => {
        throw new Error(`${error.message}\n${service.log()}`)
      })
    },
    log: () => textOf(join(home, 'logs')),
    stead(...args) {
      const words = [STEAD, ...args, '--home', home]
      const {
        status: code,
        stdout,
        stderr,
      } = spawnSync(process.execPath, words, {
        encoding: 'utf8',
      })
      return { status: code, output: `${stdout}${stderr}` }
    },
  }
  await install(settings)
  return withCleanUp(
    () => use(service),
    async () => {
      await remove(name, lastPid, () => uninstallService(ports, name))
      forgetGuardOf(name, workshop.home)
      rmSync(home, { recursive: true, force: true, maxRetries: 30, retryDelay: 50 })
    },
  )
}

/** Wine's SCM does not notice the death of a process, so that one is asked for by its pid. */
async function remove(
  name: string,
  lastPid: number | null,
  uninstall: () => Promise<void>,
): Promise<void> {
  if (!(await scm.names()).includes(name)) return
  const isDead = lastPid !== null && !isAlive(lastPid)
  if (isDead && (await scm.status(name)).pid !== null) await scm.delete(name)
  else await uninstall()
}

/** As {@link withProgram}, and started. */
export function started<T>(
  settings: Readonly<Record<string, unknown>>,
  use: (service: AnyProgram) => Promise<T>,
): Promise<T> {
  return withProgram(settings, async (service) => {
    await service.start()
    return use(service)
  })
}

/** How the SCM has it that the service ended, and the words of `stead status`. */
export async function endOf(service: AnyProgram): Promise<readonly unknown[]> {
  const { win32ExitCode, specificExitCode } = await service.reaches('stopped')
  const { phase, why } = await service.workshop.manager.status(service.name)
  return [win32ExitCode, specificExitCode, phase, why]
}

/** A directory for programs, under a path with blanks and CJK characters. */
export function programFolder(): {
  readonly path: string
  /** A compiled program, copied there. */
  program(name: string): string
  remove(): void
} {
  const path = mkdtempSync(join(tmpdir(), 'stead programs 程序 '))
  return {
    path,
    program(name) {
      const copy = join(path, `${name} 程.exe`)
      copyFileSync(windowsProgram(name), copy)
      return copy
    },
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }),
  }
}

/** Every file below a directory, one after the other. */
export function textOf(directory: string): string {
  if (!existsSync(directory)) return ''
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => textOrNothing(join(entry.parentPath, entry.name)))
    .join('\n')
}

/** What a guard has renamed or removed since it was listed is no text any more. */
export function textOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
