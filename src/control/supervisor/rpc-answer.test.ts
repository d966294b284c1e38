import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { callText, openRpcRoom } from '../../../test/fakes/rpc-room.ts'
import { SteadError } from '../../errors.ts'
import type { InstanceStatus } from '../../model/guard-status.ts'

const S = 'supervisor.'

describe('a call', () => {
  test('is answered with a value', async () => {
    const { call } = openRpcRoom()
    expect(await call('supervisor.getIdentification')).toEqual({ value: 'test' })
    expect(await call('supervisor.getProcessInfo', 'front:svc-0')).toMatchObject({
      value: { group: 'front', name: 'svc-0', description: 'pid 12345, uptime 0:01:00', state: 20 },
    })
  })

  test.each([
    ['no XML', '{}'],
    ['nothing', ''],
    [
      'an entity bomb',
      '<!DOCTYPE x [<!ENTITY a "b">]><methodCall><methodName>&a;</methodName></methodCall>',
    ],
    ['an answer', '<methodResponse/>'],
  ])('that is %s gets 400 and says why', async (_, body) => {
    const answer = await openRpcRoom().post(body)
    expect(answer).toMatchObject({
      status: 400,
      body: expect.stringContaining('no call of XML-RPC'),
    })
  })

  test.each([
    [1, 'supervisor.nothing', []],
    [1, 'getState', []],
    [1, 'supervisor.__proto__', []],
    [1, 'supervisor.toString', []],
    [1, 'system', []],
    [2, 'supervisor.getState', [1]],
    [2, 'supervisor.startProcess', []],
    [2, 'supervisor.startProcess', ['svc-0', true, 1]],
    [2, 'supervisor.startProcess', [['svc-0']]],
    [2, 'supervisor.startProcess', ['svc-0', 'yes']],
    [2, 'supervisor.readLog', ['a', 0]],
    [2, 'supervisor.readLog', [1.5, 0]],
    [2, 'system.multicall', ['x']],
    [3, 'supervisor.readLog', [0, -1]],
    [3, 'supervisor.readProcessLog', ['svc-1', -1, 1]],
    [4, 'system.methodHelp', ['supervisor.nothing']],
    [4, 'system.methodSignature', ['']],
    [10, 'supervisor.stopProcess', ['svc-9']],
    [10, 'supervisor.stopProcess', ['svc-*']],
    [10, 'supervisor.stopProcessGroup', ['']],
    [10, 'supervisor.getProcessInfo', ['front:*']],
    [10, 'supervisor.addProcessGroup', ['x']],
    [10, 'supervisor.removeProcessGroup', ['x']],
    [11, 'supervisor.signalProcess', ['svc-0', 'SIGWHAT']],
    [11, 'supervisor.signalProcess', ['svc-0', 99]],
    [20, 'supervisor.readProcessLog', ['svc-1', 0, 0]],
    [20, 'supervisor.sendProcessStdin', ['svc-1', 'x']],
    [30, 'supervisor.clearLog', []],
    [30, 'supervisor.sendRemoteCommEvent', ['a', 'b']],
    [60, 'supervisor.startProcess', ['svc-1']],
    [90, 'supervisor.addProcessGroup', ['svc-1']],
    [91, 'supervisor.removeProcessGroup', ['svc-1']],
  ] as const)('that cannot be is fault %d: %s %j', async (code, method, params) => {
    const { call, guard } = openRpcRoom()
    expect(await call(method, ...params)).toMatchObject({ fault: code })
    expect(guard.calls).toEqual([])
  })

  test('changes what it names, and nothing else', async () => {
    const { call, guard } = openRpcRoom()
    expect(await call('supervisor.stopProcess', 'svc-1')).toEqual({ value: true })
    expect(await call('supervisor.stopProcessGroup', 'front', false)).toEqual({
      value: [{ name: 'svc-0', group: 'front', status: 80, description: 'OK' }],
    })
    await call('supervisor.signalAllProcesses', 'usr1')
    await call('supervisor.signalProcess', 'svc-2', 15)
    await call('supervisor.clearProcessLogs', 'svc-2')
    // Everything runs: there is nothing to start, which is not the same as everything.
    expect(await call('supervisor.startAllProcesses')).toEqual({ value: [] })
    expect(guard.calls.map(({ name, args }) => [name, ...args.slice(0, 2)])).toEqual([
      ['act', 'stop', { names: ['svc-1'] }],
      ['act', 'stop', { names: ['svc-0'] }],
      ['signal', { names: ['svc-0', 'svc-1', 'svc-2'] }, 'SIGUSR1'],
      ['signal', { names: ['svc-2'] }, 'SIGTERM'],
      ['clearLogs', { names: ['svc-2'] }, expect.anything()],
    ])
    expect(guard.calls[0]?.args[3]).toEqual({ wait: true })
    expect(guard.calls[1]?.args[3]).toEqual({ wait: false })
  })

  test.each([
    [{ kind: 'spawn-error', errno: 'ENOENT' }, 20],
    [{ kind: 'spawn-error', errno: 'EACCES' }, 21],
    [{ kind: 'spawn-error', errno: 'EAGAIN' }, 50],
    [{ kind: 'code', code: 1 }, 50],
  ] as const)('to start what ends with %j is fault %d', async (exit, code) => {
    const { call, guard } = openRpcRoom()
    const [running] = guard.status({ names: ['svc-1'] }).services
    const stopped = { ...running, phase: 'stopped', pid: null } as InstanceStatus
    guard.status = () => ({ guard: guard.facts(), services: [stopped] })
    const lastExit = { ...(stopped.lastExit as NonNullable<typeof stopped.lastExit>), exit }
    const error = { code: 'START_FAILED', message: '', hint: '' }
    guard.act = async () => [{ id: 'svc-1', done: false, status: { ...stopped, lastExit }, error }]
    expect(await call('supervisor.startProcess', 'svc-1')).toMatchObject({ fault: code })
    expect(await call('supervisor.startAllProcesses')).toMatchObject({ value: [{ status: code }] })
  })

  test('to a guard that is ending is a fault of its own', async () => {
    const { call, guard } = openRpcRoom()
    guard.act = async () => {
      throw new SteadError('GUARD_ENDING', { project: 'test' })
    }
    expect(await call('supervisor.stopAllProcesses')).toMatchObject({ fault: 6 })
  })

  test('reads pieces of a log', async () => {
    const { call, guard } = openRpcRoom()
    const folder = mkdtempSync(join(tmpdir(), 'stead-rpc-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'a.log')
    writeFileSync(file, 'zero\none\n\u001b[31mzwölf\u001b[0m\n')
    guard.logPaths.set('svc-1', file)
    const read = async (method: string, offset: number, length: number) =>
      await call(`${S}${method}`, 'svc-1', offset, length)
    expect(await read('readProcessStdoutLog', 0, 5)).toEqual({ value: 'zero\n' })
    expect(await read('readProcessStderrLog', 5, 0)).toEqual({ value: 'one\nzwölf\n' })
    // From the middle of ö on.
    expect(await read('readProcessLog', -8, 0)).toEqual({ value: 'lf\n' })
    expect(await read('readProcessLog', 1_000, 5)).toEqual({ value: '' })
    expect(await read('tailProcessLog', 0, 5)).toEqual({ value: ['\n', 25, true] })
    expect(await read('tailProcessStderrLog', 25, 100)).toEqual({ value: ['', 25, false] })
  })

  test('reads the events of the guard as lines', async () => {
    const { call, guard } = openRpcRoom()
    for (let turn = 0; turn < 3_000; turn += 1) guard.log.append({ type: 'added', id: `a${turn}` })
    const { value: all } = (await call('supervisor.readLog', 0, 0)) as { value: string }
    expect(all.split('\n')).toHaveLength(3_001)
    expect(all.split('\n')[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO a0 is added$/)
    expect(await call('supervisor.readMainLog', -21, 0)).toEqual({ value: all.slice(-21) })
    expect(await call('supervisor.readLog', 100, 50)).toEqual({ value: all.slice(100, 150) })
  })
})

describe('many calls in one', () => {
  const one = (methodName: unknown, ...params: unknown[]) => ({ methodName, params })

  test('are answered one by one', async () => {
    const { call } = openRpcRoom()
    const calls = [
      one('supervisor.getVersion'),
      one('supervisor.stopProcess', 'nobody'),
      one('system.multicall', []),
      { params: [] },
      { methodName: 'supervisor.getVersion', params: 'x' },
      'x',
      one(5),
      { methodName: 'supervisor.getPID' },
    ]
    expect(await call('system.multicall', calls)).toMatchObject({
      value: [['3.0'], ...[10, 2, 2, 2, 2, 2].map((faultCode) => ({ faultCode })), [process.pid]],
    })
  })

  test('are bounded in number', async () => {
    const { call } = openRpcRoom()
    const calls = (count: number) => Array.from({ length: count }, () => one('supervisor.getPID'))
    expect(await call('system.multicall', calls(1_000))).toMatchObject({ value: { length: 1_000 } })
    expect(await call('system.multicall', calls(1_001))).toMatchObject({ fault: 2 })
  })
})

describe('a caller with a role', () => {
  test('that may look at one service sees no other, and changes nothing', async () => {
    const { call, post, guard, entries } = openRpcRoom(3, [{ services: ['svc-1'] }])
    const { value } = (await call('supervisor.getAllProcessInfo')) as { value: { name: string }[] }
    expect(value.map(({ name }) => name)).toEqual(['svc-1'])
    expect(await call('supervisor.getProcessInfo', 'svc-0')).toMatchObject({ fault: 10 })
    expect(await call('supervisor.stopProcess', 'svc-0')).toMatchObject({ fault: 10 })
    expect(await call('supervisor.getAllConfigInfo')).toMatchObject({ value: [{ name: 'svc-1' }] })
    for (const [method, ...params] of [
      ['stopProcess', 'svc-1'],
      ['stopAllProcesses'],
      ['signalProcess', 'svc-1', 'HUP'],
      ['clearProcessLogs', 'svc-1'],
      ['reloadConfig'],
      ['shutdown'],
      ['restart'],
    ]) {
      expect(await post(callText(`${S}${method}`, params))).toMatchObject({ status: 403 })
    }
    expect(guard.calls).toEqual([])
    expect(entries.every(({ result }) => result === 'refused')).toBe(true)
    expect(entries.map(({ action }) => action)).toContain('stop')
  })

  test('that operates one service may do that and no more, and it is noted down', async () => {
    const { call, guard, entries, post } = openRpcRoom(3, [
      { services: ['svc-1'], role: 'operator' },
    ])
    expect(await call('supervisor.stopProcess', 'svc-1')).toEqual({ value: true })
    expect(await call('supervisor.stopAllProcesses')).toMatchObject({ value: { length: 1 } })
    expect(await post(callText('supervisor.removeProcessGroup', ['svc-1']))).toMatchObject({
      status: 200,
      body: expect.stringContaining('STILL_RUNNING'),
    })
    expect(await post(callText('supervisor.shutdown', []))).toMatchObject({ status: 403 })
    expect(guard.calls.map(({ name }) => name)).toEqual(['act', 'act'])
    expect(entries.map(({ action, result }) => `${action} ${result}`)).toEqual([
      ...['stop asked', 'stop done', 'stop asked', 'stop done', 'down refused'],
    ])
  })

  test('follows no log that is not its own', async () => {
    const { ask, guard } = openRpcRoom(3, [{ services: ['svc-1'] }])
    for (const id of ['svc-0', 'svc-1']) guard.logPaths.set(id, '/dev/null')
    expect(await ask('GET', '/logtail/svc-1/stdout')).toMatchObject({ status: 200 })
    for (const target of ['/logtail/front:svc-0', '/logtail/svc-0/stderr', '/logtail/svc-1/x']) {
      expect(await ask('GET', target)).toMatchObject({ status: 404 })
    }
    expect(await ask('GET', '/logtail/svc-2')).toMatchObject({ status: 404 })
  })
})
