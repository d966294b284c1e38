/** Services for the suites, made by the SCM's own API and removed with their process. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ScmStatus } from '../../../src/model/ports/service-control.ts'
import {
  formatScmRecord,
  SCM_RECORD_KEY,
  SCM_RECORD_VALUE,
  type ScmRecord,
} from '../../../src/model/scm-record.ts'
import { SERVICE_WIN32_OWN_PROCESS } from '../../../src/model/scm-values.ts'
import { serviceControl } from '../../../src/platform/win32/service-control.ts'
import { withCleanUp } from '../../contract/clean-up.ts'
import { until } from '../../contract/until.ts'

export const scm = serviceControl()

export interface TestService {
  readonly name: string
  /** A folder of its own, for diary and log. */
  readonly folder: string
  start(...args: string[]): Promise<void>
  control(code: number): Promise<void>
  status(): Promise<ScmStatus>
  /** Waits until the SCM has it in that state. */
  reaches(state: ScmStatus['state'], deadline?: number): Promise<ScmStatus>
  /** Waits until the process that was last seen is no more. */
  isGone(): Promise<void>
  /** What the program has noted so far. */
  diary(): readonly { readonly event: string; readonly [detail: string]: unknown }[]
  log(): string
}

export interface Installation {
  readonly program: string
  readonly args?: (folder: string) => readonly string[]
  readonly record?: Partial<ScmRecord>
  readonly preload?: boolean
}

const PRELOAD = new URL('../../../src/cli/scm-start.ts', import.meta.url).href
let count = 0

/** Installs a service, gives it to `use`, and removes it whatever comes of that. */
export async function withService<T>(
  { program, args = () => [], record = {}, preload = true }: Installation,
  use: (service: TestService) => Promise<T>,
): Promise<T> {
  count += 1
  const name = `stead-host-${process.pid}-${count}`
  const folder = mkdtempSync(join(tmpdir(), 'stead-'))
  const file = join(import.meta.dirname, 'programs', program)
  const words = [process.execPath, ...(preload ? ['--import', PRELOAD] : []), file, ...args(folder)]
  await scm.create(name, {
    type: SERVICE_WIN32_OWN_PROCESS,
    startType: 'demand',
    errorControl: 1,
    // No word of these tests has a quote or ends with a backslash.
    commandLine: words.map((word) => `"${word}"`).join(' '),
    dependencies: [],
    group: null,
    account: 'LocalSystem',
    displayName: name,
  })
  const log = join(folder, 'service.log')
  const whole: ScmRecord = {
    version: 1,
    home: folder,
    protocol: 'native',
    cwd: null,
    env: {},
    envFile: null,
    configFile: null,
    logFile: log,
    startTimeout: 60_000,
    stopTimeout: 10_000,
    watchdog: null,
    ...record,
  }
  const data = formatScmRecord(whole)
  await scm.writeValue(name, SCM_RECORD_KEY, SCM_RECORD_VALUE, { type: 'REG_SZ', data })

  let lastPid: number | null = null
  const status = async (): Promise<ScmStatus> => {
    const found = await scm.status(name)
    lastPid = found.pid ?? lastPid
    return found
  }
  const service: TestService = {
    name,
    folder,
    start: (...startArguments) => scm.start(name, startArguments),
    control: (code) => scm.control(name, code),
    status,
    reaches: (state, deadline) =>
      until(
        `${name} is ${state}`,
        async () => {
          const found = await status()
          return found.state === state ? found : null
        },
        deadline,
      ),
    isGone: async () => {
      await until(`${name} has no process`, () => lastPid === null || !isAlive(lastPid))
    },
    diary: () =>
      read(join(folder, 'diary'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    log: () => read(log),
  }
  return withCleanUp(
    () => use(service),
    () => remove(name, folder),
  )
}

/** Wine's manager does not notice the death of a process, so the process itself is asked. */
async function remove(name: string, folder: string): Promise<void> {
  const { pid } = await scm.status(name)
  if (pid !== null && isAlive(pid)) {
    process.kill(pid, 'SIGKILL')
    await until(`${name} has no process`, () => !isAlive(pid))
  }
  await scm.delete(name)
  // One that has told the SCM of its end has its files open for a moment yet.
  rmSync(folder, { recursive: true, force: true, maxRetries: 30, retryDelay: 50 })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
