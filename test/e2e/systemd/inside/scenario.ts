import { chmodSync, existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServiceManager } from '../../../../src/managers/service-manager.ts'
import { completeSpec, type ServiceSpec } from '../../../../src/model/service-spec.ts'
import { withCleanUp } from '../../../contract/clean-up.ts'
import { until } from '../../../contract/until.ts'
import { realManager, workspace } from './manager.ts'

const program = fileURLToPath(new URL('../../../fixtures/programs/record.mjs', import.meta.url))
let counter = 0

export interface ScenarioRoom {
  readonly manager: ServiceManager
  readonly name: string
  /** Where the program may write its record. */
  readonly file: string
  readonly workspace: string
  install(args: readonly string[], settings?: Partial<ServiceSpec>): Promise<void>
  installOther(args: readonly string[], settings?: Partial<ServiceSpec>): Promise<string>
}

/** A spec of the fixture program that records how it was started. */
export function recorder(
  name: string,
  args: readonly string[],
  settings: Partial<ServiceSpec> = {},
): ServiceSpec {
  return completeSpec({ name, file: process.execPath, args: [program, ...args], ...settings })
}

/** Gives a test a name of its own, and removes at its end what it installed. */
export async function scenario(
  body: (room: ScenarioRoom) => Promise<void>,
  manager: ServiceManager = realManager(),
): Promise<void> {
  const directory = mkdtempSync(join(workspace, 'scenario-'))
  chmodSync(directory, 0o777)
  const name = `e2e-${process.pid}-${++counter}`
  const installed: string[] = []
  const install = async (
    service: string,
    args: readonly string[],
    settings?: Partial<ServiceSpec>,
  ): Promise<void> => {
    await manager.install(manager.plan(recorder(service, args, settings)))
    installed.push(service)
  }
  const room: ScenarioRoom = {
    manager,
    name,
    file: join(directory, 'record'),
    workspace: directory,
    install: (args, settings) => install(name, args, settings),
    async installOther(args, settings) {
      const other = `${name}-other-${++counter}`
      await install(other, args, settings)
      return other
    },
  }
  await withCleanUp(
    () => body(room),
    async () => {
      for (const service of installed.reverse()) await manager.uninstall(service)
    },
  )
}

/** Whether a process lives; one that has ended is there until its parent has heard of it: proc(5), state Z. */
export function alive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

interface ProgramRecord {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly pid: number
}

/** What the fixture program wrote when it started. */
export async function record(file: string): Promise<ProgramRecord> {
  const text = await until(`record ${file}`, async () =>
    existsSync(file) ? readFileSync(file, 'utf8') : null,
  )
  return JSON.parse(text) as ProgramRecord
}
