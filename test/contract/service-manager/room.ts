import assert from 'node:assert/strict'
import type { ErrorCode } from '../../../src/errors.ts'
import { isSteadError, type SteadError } from '../../../src/errors.ts'
import type { ServiceManager } from '../../../src/managers/service-manager.ts'
import type { LogLine } from '../../../src/model/log-entry.ts'
import type { InstallOutcome } from '../../../src/model/plan.ts'
import type { ServiceSpec } from '../../../src/model/service-spec.ts'
import type { Phase, ServiceStatus } from '../../../src/model/service-status.ts'
import { withCleanUp } from '../clean-up.ts'
import { until } from '../until.ts'
import { isLack, type ManagerSetup } from './setup.ts'

/** What a fixture program writes when it starts. */
export interface ProgramRecord {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly pid: number
}

/** What one scenario works with; every service named by it is removed at its end. */
export interface Room {
  readonly setup: ManagerSetup
  readonly manager: ServiceManager
  newName(): string
  install(spec: ServiceSpec): Promise<InstallOutcome>
  status(name: string): Promise<ServiceStatus>
  /** Waits until the service is in the phase. */
  phase(name: string, phase: Phase): Promise<ServiceStatus>
  until: typeof until
  /** Waits until the program has written its record. */
  record(file: string): Promise<ProgramRecord>
  logs(name: string, lines: number): Promise<readonly LogLine[]>
  /** What the program has noted so far: `start`, `ready`, `pause`, … */
  events(file: string): Promise<readonly string[]>
}

/** One test of the contract, bound to a setup. */
export interface ScenarioCase {
  readonly title: string
  /** Why it is left out; null for one that runs. */
  readonly skip: string | null
  run(): Promise<void>
}

/** Adds a scenario; the first {@link Lack} among its needs is why it is left out. */
export type Scenario = (
  title: string,
  needs: readonly unknown[],
  body: (room: Room) => Promise<void>,
) => void

/** Collects the scenarios that `define` adds. */
export function collect(
  setup: ManagerSetup,
  define: (scenario: Scenario) => void,
): readonly ScenarioCase[] {
  const cases: ScenarioCase[] = []
  define((title, needs, body) => {
    const begin = Object.keys(setup.skip ?? {}).find((key) => title.startsWith(key))
    const lack = needs.find((need) => isLack(need))?.lack ?? null
    const skip = begin === undefined ? lack : (setup.skip?.[begin] ?? null)
    cases.push({ title, skip, run: () => inRoom(setup, body) })
  })
  return cases
}

async function inRoom(setup: ManagerSetup, body: (room: Room) => Promise<void>): Promise<void> {
  const manager = setup.makeManager()
  const names: string[] = []
  const wait: typeof until = (what, probe, own) => until(what, probe, own ?? setup.deadline)
  const room: Room = {
    setup,
    manager,
    until: wait,
    newName() {
      const name = setup.newName()
      names.push(name)
      return name
    },
    install: (spec) => manager.install(manager.plan(spec)),
    status: (name) => manager.status(name),
    async phase(name, phase) {
      let last: ServiceStatus | null = null
      try {
        return await wait(`${name} is ${phase}`, async () => {
          last = await manager.status(name)
          return last.phase === phase ? last : null
        })
      } catch (error) {
        throw new Error(`${(error as Error).message}; last seen: ${JSON.stringify(last)}`)
      }
    },
    async record(file) {
      const text = await wait(`record ${file}`, () => setup.readText(file))
      return JSON.parse(text) as ProgramRecord
    },
    async logs(name, lines) {
      const found: LogLine[] = []
      for await (const line of manager.logs(name, { lines })) found.push(line)
      return found
    },
    async events(file) {
      const text = await setup.readText(`${file}.events`)
      return (text ?? '').split('\n').filter((line) => line !== '')
    },
  }
  await withCleanUp(
    () => body(room),
    async () => {
      for (const name of names.reverse()) await removeQuietly(manager, name)
    },
  )
}

/** A scenario that ended early leaves services behind; what is not there any more is no failure. */
async function removeQuietly(manager: ServiceManager, name: string): Promise<void> {
  try {
    await manager.uninstall(name)
  } catch (error) {
    if (!isSteadError(error, 'NOT_INSTALLED') && !isSteadError(error, 'FOREIGN')) throw error
  }
}

/** Asserts that a promise rejects with one of these errors of ours. */
export async function rejectsWith<C extends ErrorCode>(
  promise: Promise<unknown>,
  ...codes: readonly C[]
): Promise<SteadError<C>> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('value' in outcome) assert.fail(`expected ${codes.join(' or ')}, and it resolved`)
  const { error } = outcome
  if (!isSteadError(error)) throw error
  assert.ok(
    (codes as readonly ErrorCode[]).includes(error.code),
    `expected ${codes.join(' or ')}, got ${error.code}: ${error.message}`,
  )
  assert.notEqual(error.hint, '')
  return error as SteadError<C>
}
