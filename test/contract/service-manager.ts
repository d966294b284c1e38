import assert from 'node:assert/strict'
import { describe, test } from './harness.ts'
import { controls } from './service-manager/controls.ts'
import { definition } from './service-manager/definition.ts'
import { failures } from './service-manager/failures.ts'
import { lifecycle } from './service-manager/lifecycle.ts'
import { collect, type ScenarioCase } from './service-manager/room.ts'
import { settings } from './service-manager/settings.ts'
import type { ManagerSetup } from './service-manager/setup.ts'
import { values } from './service-manager/values.ts'

export { have, isLack, type Lack, type ManagerSetup } from './service-manager/setup.ts'

/**
 * What every service manager does, as scenarios: the fake one, the real ones, and launchd on its fake
 * `launchctl` are held to the same. One test a scenario, the acceptance case in its title.
 */
export function serviceManagerContract(name: string, setup: ManagerSetup): void {
  describe(`the contract of a service manager: ${name}`, () => {
    const cases = serviceManagerScenarios(setup)
    for (const { title, skip, run } of cases) {
      const limit = setup.timeout === undefined ? {} : { timeout: setup.timeout }
      test(title, { ...limit, skip: skip ?? false }, run)
    }
    test('every skip of the setup names a scenario', {}, () => {
      const unused = Object.keys(setup.skip ?? {}).filter(
        (begin) => !cases.some(({ title }) => title.startsWith(begin)),
      )
      assert.deepEqual(unused, [])
    })
  })
}

/** The scenarios themselves, for a test that wants to see one fail. */
export function serviceManagerScenarios(setup: ManagerSetup): readonly ScenarioCase[] {
  return collect(setup, (scenario) => {
    lifecycle(scenario, setup)
    failures(scenario, setup)
    definition(scenario, setup)
    settings(scenario, setup)
    controls(scenario, setup)
    values(scenario, setup)
  })
}
