import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'
import { until } from '../../../../test/contract/until.ts'
import type { SpawnRequest } from '../../../model/ports/spawner.ts'
import { bindLibc } from './libc.ts'
import { pidDescriptors } from './pid-descriptors.ts'
import { posixSpawner } from './posix-spawner.ts'
import { processEntry } from './proc-table.ts'
import { exitOf } from './reaper.ts'
import { signalIdentity } from './send-signal.ts'

const none = { kind: 'null' } as const

function request(script: string): SpawnRequest {
  return {
    file: '/bin/sh',
    args: ['sh', '-c', script],
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', STEAD_INCARNATION: `reaper-${process.pid}-${script.length}` },
    stdio: [none, none, none],
    user: null,
    group: null,
    supplementaryGroups: null,
    umask: null,
    nice: null,
    rlimits: {},
  }
}

test('L14 a wait status is a code or a signal', () => {
  expect(exitOf(0)).toEqual({ kind: 'code', code: 0 })
  expect(exitOf(137 << 8)).toEqual({ kind: 'code', code: 137 })
  expect(exitOf(9)).toEqual({ kind: 'signal', signal: 'SIGKILL', coreDumped: false })
  expect(exitOf(6 | 0x80)).toEqual({ kind: 'signal', signal: 'SIGABRT', coreDumped: true })
})

for (const [how, script] of [
  ['of the session of a program', 'sleep 1000 & exit 0'],
  ['that leads a session', 'setsid sleep 1000 & exit 0'],
] as const) {
  test(`P10 an adopted orphan ${how} is reaped`, async () => {
    const spawner = posixSpawner()
    const exits: unknown[] = []
    const { child } = spawner.spawn(request(script), (exit) => exits.push(exit))
    await until('the leader ends', () => exits.length > 0)
    const [orphan] = (await until('the orphan came to us', () => {
      const left = child?.survivors('tree') ?? []
      return left.length === 1 && processEntry(left[0]?.pid ?? 0)?.parent === process.pid && left
    })) as readonly { pid: number }[]
    child?.signal('SIGKILL', 'tree')
    await until('it leaves no zombie', () => processEntry(orphan?.pid ?? 0) === null)
    spawner.close()
  })
}

test('P05 a signal is not sent to a process with another birth', async () => {
  const descriptors = pidDescriptors(bindLibc().libc)
  const spawner = posixSpawner()
  const exits: unknown[] = []
  const { child } = spawner.spawn(request('exec sleep 1000'), (exit) => exits.push(exit))
  if (child === null) throw new Error('not started')
  const { identity } = child
  for (const means of [descriptors, null]) {
    expect(signalIdentity({ ...identity, birth: '1' }, 9, means)).toBe(false)
    expect(signalIdentity({ ...identity, boot: 'x' }, 9, means)).toBe(false)
  }
  expect(processEntry(identity.pid)?.zombie).toBe(false)
  expect(signalIdentity(identity, 9, descriptors)).toBe(true)
  await until('it ends', () => exits.length > 0)
  spawner.close()
})

test('a watch that is closed does not keep the process', async () => {
  const module = new URL('./posix-spawner.ts', import.meta.url).pathname
  const run = (end: string) =>
    new Promise((resolve) => {
      const program = `
        import { posixSpawner } from '${module}'
        import { processEntry, bootIdentity } from '${new URL('./proc-table.ts', import.meta.url).pathname}'
        const spawner = posixSpawner()
        const pid = process.ppid
        const birth = processEntry(pid).birth
        if (spawner.adopt({ pid, birth, boot: bootIdentity() }, () => {}) === null) throw new Error('gone')
        setImmediate(() => { ${end} })`
      const args = ['--input-type=module', '-e', program]
      execFile(process.execPath, args, { timeout: 10_000 }, (error) => resolve(error))
    })
  expect(await run('spawner.close()')).toBe(null)
  expect(await run('process.exit(0)')).toBe(null)
})
