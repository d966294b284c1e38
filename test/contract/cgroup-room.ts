import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { controlGroup, removeGroup } from '../../src/platform/posix/cgroup/control-group.ts'
import { isDelegated } from '../../src/platform/posix/cgroup/delegation.ts'
import { ownCgroup } from '../../src/platform/posix/cgroup/own-cgroup.ts'
import { until } from './until.ts'

/** Why no control groups can be made here; null where they can. */
export const NO_CGROUPS: string | null = reason()

function reason(): string | null {
  const { directory, reason: none } = ownCgroup()
  if (directory === null) return none
  if (isDelegated(directory) === 'no') return `systemd has not delegated ${directory}`
  const probe = join(directory, `stead-probe-${process.pid}`)
  try {
    mkdirSync(probe)
    rmdirSync(probe)
    return null
  } catch (error) {
    return `${directory} is not writable (${(error as NodeJS.ErrnoException).code})`
  }
}

/** A real control group v2 as the place for those of a test, to be removed after it. */
export function cgroupRoom(): { readonly directory: string; remove(): Promise<void> } {
  const { directory: own } = ownCgroup()
  if (own === null) throw new Error('no control groups v2')
  const directory = join(own, `stead-test-${process.pid}-${Math.random().toString(36).slice(2)}`)
  mkdirSync(directory)
  return {
    directory,
    async remove() {
      // Of a test that failed something may be left that nothing else finds.
      controlGroup(directory, [], null).kill()
      await until('the groups of the test are empty', () => removeGroup(directory))
    },
  }
}
