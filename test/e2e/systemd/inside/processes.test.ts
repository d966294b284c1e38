import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { until } from '../../../contract/until.ts'
import { alive, record, recorder, scenario } from './scenario.ts'

const noRestart = { when: 'no', delay: 1_000, limit: null } as const

test('P01 a program that ignores SIGTERM is killed in the declared time', async () => {
  await scenario(async ({ install, manager, name, file }) => {
    await install(['--record', file, '--ignore-term'], { stopTimeout: 500 })
    await manager.start(name)
    const { pid } = await record(file)
    const before = performance.now()
    await manager.stop(name)
    expect(performance.now() - before).toBeGreaterThan(450)
    // The default, after which it would be killed as well.
    expect(performance.now() - before).toBeLessThan(10_000)
    expect(alive(pid)).toBe(false)
    const status = await manager.status(name)
    expect(status).toMatchObject({ phase: 'fatal', why: expect.stringMatching(/longer/) })
    expect(status.lastExit?.exit).toEqual({ kind: 'signal', signal: 'SIGKILL' })
  })
})

test.each(['control-group', 'mixed'] as const)(
  'P02 with kill mode %s a child that ignores SIGTERM is gone when stop resolves',
  async (killMode) => {
    await scenario(async ({ install, manager, name, file }) => {
      await install(['--record', file, '--child'], { stopTimeout: 500, killMode })
      await manager.start(name)
      const [leader, child] = [await record(file), await record(`${file}.child`)]
      await manager.stop(name)
      expect([alive(leader.pid), alive(child.pid)]).toEqual([false, false])
    })
  },
)

test('P04 a program that is held by SIGSTOP can be stopped', async () => {
  await scenario(async ({ install, manager, name, file }) => {
    await install(['--record', file], { stopTimeout: 500 })
    await manager.start(name)
    const { pid } = await record(file)
    process.kill(pid, 'SIGSTOP')
    await manager.stop(name)
    expect(alive(pid)).toBe(false)
  })
})

test('with kill mode process the child stays, as the plan says', async () => {
  await scenario(async ({ install, manager, name, file }) => {
    await install(['--record', file, '--child'], { killMode: 'process' })
    await manager.start(name)
    const child = await record(`${file}.child`)
    await manager.stop(name)
    expect(alive(child.pid)).toBe(true)
    process.kill(child.pid, 'SIGKILL')
  })
})

test.each([
  ['L03 a program that is not there', { file: '/nonexistent/program' }, /code 203.*EXEC/],
  ['L03 a working directory that is not there', { cwd: '/nonexistent' }, /code 200.*CHDIR/],
  ['L03 a user that is not there', { user: 'no-such-user' }, /code 217.*USER/],
  ['L03 a group that is not there', { group: 'no-such-group' }, /code 216.*GROUP/],
  ['an environment file that is not there', { envFile: '/nonexistent' }, /could not set it up/],
])('%s: start fails with the reason', async (_, settings, reason) => {
  await scenario(async ({ install, manager, name, file }) => {
    await install(['--record', file], { ...settings, restart: noRestart })
    await expect(manager.start(name)).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringMatching(reason),
    })
    expect((await manager.status(name)).phase).toBe('fatal')
  })
})

test('while systemd tries again at once, start still tells the reason', async () => {
  await scenario(async ({ install, manager, name, file }) => {
    const restart = { when: 'on-failure', delay: 0, limit: null } as const
    await install(['--record', file], { file: '/nonexistent/program', restart })
    await expect(manager.start(name)).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringMatching(/203/),
    })
    await manager.stop(name)
    expect((await manager.status(name)).phase).toMatch(/^(stopped|fatal)$/)
  })
})

test('L14 a service killed by a signal is in backoff, with the signal', async () => {
  await scenario(async ({ install, manager, name, file }) => {
    const restart = { when: 'on-failure', delay: 60_000, limit: null } as const
    await install(['--record', file], { restart })
    await manager.start(name)
    const { pid } = await record(file)
    process.kill(pid, 'SIGKILL')
    await until('it is in backoff', async () => (await manager.status(name)).phase === 'backoff')
    expect(await manager.status(name)).toMatchObject({
      want: 'up',
      pid: null,
      lastExit: { exit: { kind: 'signal', signal: 'SIGKILL' } },
      why: expect.stringMatching(/SIGKILL.*60000 ms/),
    })
    await manager.stop(name)
    expect((await manager.status(name)).phase).toBe('stopped')
  })
})

test('the last exit is told after a restart too', async () => {
  await scenario(async ({ install, manager, name, file }) => {
    const restart = { when: 'on-failure', delay: 0, limit: null } as const
    await install(['--record', file], { restart })
    await manager.start(name)
    const { pid } = await record(file)
    process.kill(pid, 'SIGSEGV')
    await until('it runs again', async () => {
      const status = await manager.status(name)
      return status.phase === 'running' && status.pid !== pid
    })
    const status = await until('the journal has the exit', async () => {
      const now = await manager.status(name)
      return now.lastExit === null ? null : now
    })
    expect(status.restarts).toBe(1)
    expect(status.lastExit?.exit).toMatchObject({ kind: 'signal', signal: 'SIGSEGV' })
  })
})

test('L12 the start limit ends the restarts, and does not block the operator', async () => {
  await scenario(async ({ install, manager, name, file }) => {
    const restart = { when: 'always', delay: 0, limit: { count: 3, window: 60_000 } } as const
    await install(['--record', file, '--exit', '7'], { restart })
    await manager.start(name).catch(() => {})
    await until('the limit is hit', async () => (await manager.status(name)).phase === 'fatal')
    const plain = ['start', '--', `${name}.service`]
    expect(() => execFileSync('systemctl', plain, { stdio: 'ignore' })).toThrow()
    await manager.start(name).catch(() => {})
    await until('it was started again', async () => {
      const { phase, restarts } = await manager.status(name)
      return phase === 'fatal' && restarts !== null && restarts > 0
    })
  })
})

test('S07 an alias of another service, and a masked name, are not ours to change', async () => {
  await scenario(async ({ manager, name, file }) => {
    const units = '/etc/systemd/system'
    const alias = `${name}-alias`
    execFileSync('ln', [
      '-s',
      '/lib/systemd/system/systemd-logind.service',
      `${units}/${alias}.service`,
    ])
    execFileSync('ln', ['-s', '/dev/null', `${units}/${name}.service`])
    execFileSync('systemctl', ['daemon-reload'])
    try {
      for (const foreign of [alias, name]) {
        const plan = manager.plan(recorder(foreign, ['--record', file]))
        await expect(manager.install(plan)).rejects.toMatchObject({ code: 'FOREIGN' })
        await expect(manager.uninstall(foreign)).rejects.toMatchObject({ code: 'FOREIGN' })
      }
      expect(await manager.status(alias)).toMatchObject({ phase: 'running', ours: false })
      expect(await manager.status(name)).toMatchObject({ startType: 'disabled', ours: false })
    } finally {
      execFileSync('rm', [`${units}/${alias}.service`, `${units}/${name}.service`])
      execFileSync('systemctl', ['daemon-reload'])
    }
  })
})

test('the log has what systemd and the program said, with severity and time, and follows', async () => {
  await scenario(async ({ install, manager, name, file }) => {
    await install(['--record', file, '--say', '<4>careful'])
    const since = new Date(Date.now() - 1_000)
    await manager.start(name)
    const { pid } = await record(file)
    const stop = new AbortController()
    const seen: string[] = []
    for await (const line of manager.logs(name, { since, follow: true, signal: stop.signal })) {
      seen.push(line.text)
      if (line.text === 'careful') {
        expect(line).toMatchObject({ service: name, severity: 4, pid })
        expect(Number(line.at)).toBeGreaterThan(Number(since))
        // What comes later comes too.
        void manager.stop(name)
      }
      if (/^Stopped /.test(line.text)) stop.abort()
    }
    expect(seen.some((text) => text.startsWith('Started '))).toBe(true)
    expect(seen).toContain('careful')
  })
})
