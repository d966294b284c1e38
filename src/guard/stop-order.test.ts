import { expect, test } from 'vitest'
import { program, running } from '../../test/simulation/scripted.ts'

test('L04 a stop waits no longer for a dependent that is started again meanwhile', async () => {
  const world = await running({
    services: [program('db'), program('api', { dependsOn: { db: 'started' } })],
    lives: { api: { stopsWithin: 50 } },
  })
  await world.pass(5_000)
  const stopped = world.act('stop', ['db', 'api'])
  await world.pass(10)
  void world.act('start', 'api', { wait: false })
  await world.pass(60_000)
  expect(world.status('db')).toMatchObject({ phase: 'stopped', want: { state: 'down' } })
  expect((await world.until(stopped)).find(({ id }) => id === 'db')?.done).toBe(true)
})
