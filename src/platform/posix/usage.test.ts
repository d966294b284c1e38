import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from '../../../test/contract/until.ts'
import { ownUsage, treeUsage } from './usage.ts'

const started: number[] = []
afterEach(() => {
  for (const pid of started.splice(0)) process.kill(-pid, 'SIGKILL')
})

function start(...command: [string, ...string[]]): number {
  const [file, ...args] = command
  const pid = spawn(file, args, { detached: true, stdio: 'ignore' }).pid as number
  started.push(pid)
  return pid
}

describe.skipIf(process.platform !== 'linux')('what a tree uses', () => {
  test('memory of all descendants, and of who left its parent but not the session', async () => {
    const eat = `perl -e '$x = "x" x 20_000_000; sleep 60'`
    const pid = start('sh', '-c', `(${eat} &); ${eat} & wait`)
    const other = start('sleep', '60')
    await until('two have eaten their fill', async () => {
      const found = await treeUsage().sample([pid, other])
      return (found.get(pid)?.memory ?? 0) > 40_000_000 && (found.get(other)?.memory ?? 9e9) < 2e7
    })
  })

  test('how many processes, and how many descriptors all of them have open', async () => {
    const pid = start('sh', '-c', `sleep 60 & exec 7</dev/null; exec sleep 60`)
    const alone = start('sleep', '60')
    await until('both sleep, one with a descriptor of its own', async () => {
      const found = await treeUsage().extents([pid, alone])
      const { processes, descriptors } = found.get(alone) ?? {}
      // What the tests themselves were started with may be open in each of them.
      const each = descriptors ?? 0
      expect(processes).toBe(1)
      return (
        each > 2 && found.get(pid)?.processes === 2 && found.get(pid)?.descriptors === 2 * each + 1
      )
    })
    expect(await treeUsage().extents([])).toEqual(new Map())
    expect(ownUsage().descriptors).toBeGreaterThan(2)
  })

  test('processor time, of ended children too', async () => {
    const pid = start('sh', '-c', `perl -e '1 while times < 0.2'; exec sleep 60`)
    await until('it has used 200 ms', async () => {
      const found = await treeUsage().sample([pid])
      return (found.get(pid)?.cpu ?? 0) >= 200
    })
  })

  test('who is gone is not in the answer', async () => {
    const child = spawn('true')
    await once(child, 'exit')
    expect(await treeUsage().sample([child.pid as number])).toEqual(new Map())
    expect(await treeUsage().sample([])).toEqual(new Map())
  })
})
