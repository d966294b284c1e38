import { join } from 'node:path'
import type { Host } from '../../src/model/ports/host.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { runService } from '../../src/service/run-service.ts'
import { fakeProcessEvents } from '../fakes/host.ts'
import { storyService } from '../fixtures/services/story-service.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import type { HostRequest, HostRun } from './host.ts'
import { until } from './until.ts'
import { wholeLines } from './whole-lines.ts'

export interface HostInProcess {
  readonly host: Host
  ask(request: HostRequest): void
  states(): readonly string[]
  log(): string
}

/** Runs a story within the process of the test, under a host whose other end the test holds. */
export function runInProcess(
  { host, ask, states, log }: HostInProcess,
  args: readonly string[],
): HostRun {
  const record = join(temporaryDirectory('host'), 'record')
  const service = storyService(['--record', record, ...args])
  const ports = { host, clock: systemClock(), events: fakeProcessEvents(), configFile: null }
  const ended = runService(service, ports)
  return {
    ask,
    states,
    log,
    ended,
    until: async (state, times = 1) =>
      void (await until(
        `${state} to be told`,
        () => states().filter((told) => told === state).length >= times,
      )),
    events: async () => wholeLines(`${record}.events`),
  }
}

/** Why a story that ends its process cannot be told here. */
export const ENDS_THE_PROCESS =
  'it would end the process of the tests; a process of its own shows it'
