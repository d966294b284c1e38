/** What `status` says will happen by itself while a program is being stopped. */
import { expect, test } from 'vitest'
import { program, running } from '../../test/simulation/scripted.ts'

test('P01 tells while it stops which step comes next, and when', async () => {
  const world = await running({
    services: [
      program('a', {
        stop: [
          { action: { kind: 'signal', signal: 'SIGINT', to: 'leader' }, wait: 3_000 },
          { action: { kind: 'command', command: ['/bin/quit', 'now'] }, wait: 2_000 },
          { action: { kind: 'signal', signal: 'SIGTERM', to: 'group' }, wait: 1_000 },
          { action: { kind: 'signal', signal: 'SIGKILL', to: 'tree' }, wait: 500 },
        ],
      }),
    ],
    lives: { a: { ignoresTerm: true } },
  })
  await world.pass(2_000)
  expect(world.status('a').next).toBe(null)
  const begun = world.time.clock.wall().getTime()
  const stopped = world.act('stop', 'a')
  const nextAt = (milliseconds: number, what: string): object => ({
    phase: 'stopping',
    next: { at: new Date(begun + milliseconds).toISOString(), what },
  })
  await world.pass(1_000)
  expect(world.status('a')).toMatchObject(nextAt(3_000, 'the command /bin/quit'))
  await world.pass(2_500)
  expect(world.status('a')).toMatchObject(nextAt(5_000, 'SIGTERM to its group'))
  await world.pass(2_000)
  expect(world.status('a')).toMatchObject(nextAt(6_000, 'SIGKILL to all its processes'))
  await world.until(stopped)
  expect(world.status('a')).toMatchObject({ phase: 'stopped', next: null })
})
