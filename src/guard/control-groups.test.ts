/** What a guard makes of the end of a whole control group; the groups themselves are in test/contract. */
import { expect, test } from 'vitest'
import { program, running } from '../../test/simulation/scripted.ts'

const KILLED = { kind: 'signal', signal: 'SIGKILL' } as const

test('a program that the kernel ended at its memory limit failed for its memory', async () => {
  const world = await running({
    services: [program('a', { cgroup: true, restart: { immediate: 0, delay: 800 } })],
    lives: { a: { endsAfter: 10, exit: { ...KILLED, outOfMemory: 'limit' } } },
  })
  await world.pass(500)
  expect(world.status('a')).toMatchObject({
    phase: 'backoff',
    why: 'it ended with signal SIGKILL (out of memory: its limit)',
    lastExit: { cause: 'memory', exit: { outOfMemory: 'limit' } },
  })
  const exit = world.events.find(({ type }) => type === 'exit')
  expect(exit).toMatchObject({ cause: 'memory' })
})

test('a program that had to end because the machine had no memory left says so', async () => {
  const world = await running({
    services: [program('a', { restart: { immediate: 0, delay: 800 } })],
    lives: { a: { endsAfter: 10, exit: { ...KILLED, outOfMemory: 'machine' } } },
  })
  await world.pass(500)
  expect(world.status('a')).toMatchObject({
    why: 'it ended with signal SIGKILL (out of memory: the machine)',
    lastExit: { cause: 'itself' },
  })
})
