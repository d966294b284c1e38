import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { until } from '../../../contract/until.ts'
import { realManager } from '../inside/manager.ts'
import { recordOf, services } from './services.ts'

const manager = realManager()
const events = (name: string): string[] =>
  readFileSync(`${recordOf(name)}.events`, 'utf8')
    .trim()
    .split('\n')

test.each(services)('S12 $name was told that the machine goes down', ({ name }) => {
  expect(events(name).slice(0, 3)).toEqual(['start', 'ready', 'stop shutdown'])
})

test.each(services.filter(({ startType }) => startType !== 'manual'))(
  '$name has started with the machine, and a stop is told from a shutdown',
  async ({ name }) => {
    await until('it runs', async () => (await manager.status(name)).phase === 'running')
    await manager.stop(name)
    expect(events(name).slice(3)).toEqual(['start', 'ready', 'stop request'])
    await manager.uninstall(name)
  },
)

test('a manual one has not', async () => {
  const name = 'reboot-manual'
  expect((await manager.status(name)).phase).toBe('stopped')
  expect(events(name)).toHaveLength(3)
  await manager.uninstall(name)
})
