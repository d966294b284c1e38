import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  completeSpec,
  type ServiceSpec,
  type StartType,
} from '../../../../src/model/service-spec.ts'
import { scope } from '../inside/manager.ts'

const story = fileURLToPath(new URL('../../../fixtures/services/story.ts', import.meta.url))
const directory = scope === 'system' ? '/var/lib' : (process.env.HOME ?? '/')

/** Where a service of this suite writes its record, found again after the boot. */
export function recordOf(name: string): string {
  return join(directory, `${name}.record`)
}

/** One service for each start type that lets it run. */
export const services: readonly ServiceSpec[] = (['auto', 'delayed', 'manual'] as const).map(
  (startType: StartType) => {
    const name = `reboot-${startType}`
    return completeSpec({
      name,
      file: process.execPath,
      args: [story, '--record', recordOf(name)],
      protocol: 'native',
      startType,
    })
  },
)
