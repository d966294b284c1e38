/** The bare host as a service: {@link file://./programs/host.ts}, which says in a diary what it hears. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../contract/until.ts'
import { type TestService, withService } from './scm-service.ts'

const holdOf = (folder: string): string => join(folder, 'hold')
export const diaryArgs = (folder: string): string[] => [
  ...['--diary', join(folder, 'diary')],
  ...['--hold', holdOf(folder)],
]

/** What the program begins from now on, lasts until it is let go. */
export function hold({ folder }: TestService): void {
  writeFileSync(holdOf(folder), '')
}

export function letGo({ folder }: TestService): void {
  // It may be looked at in this moment.
  rmSync(holdOf(folder), { maxRetries: 20, retryDelay: 20 })
}

/** The bare host, started; `args` are for the program. */
export function started<T>(
  args: readonly string[],
  use: (service: TestService) => Promise<T>,
  before: (service: TestService) => void = () => {},
): Promise<T> {
  return withService(
    { program: 'host.ts', args: (folder) => [...diaryArgs(folder), ...args] },
    async (service) => {
      before(service)
      await service.start()
      return await use(service)
    },
  )
}

/** The bare host, which does not come to the end of its start. */
export const starting = (use: (service: TestService) => Promise<void>): Promise<void> =>
  started([], use, hold)

export function running<T>(
  args: readonly string[],
  use: (service: TestService) => Promise<T>,
): Promise<T> {
  return started(args, async (service) => {
    await service.reaches('running')
    return await use(service)
  })
}

export function controlsOf(service: TestService): unknown[] {
  return service.diary().flatMap(({ event, control }) => (event === 'control' ? [control] : []))
}

/** The controls that have reached the program, once they are that many. */
export function controls(service: TestService, count: number): Promise<unknown[]> {
  return until(`${count} controls arrive`, () => {
    const found = controlsOf(service)
    return found.length >= count ? found : null
  })
}
