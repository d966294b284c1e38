import assert from 'node:assert/strict'
import type { Scenario } from './room.ts'
import { rejectsWith } from './room.ts'
import { have, isLack, type ManagerSetup, type SpecBuilder } from './setup.ts'

/** Clocks of two processes may be read in either order, and some managers know whole seconds only. */
const CLOCK_SLACK = 2_000

export function lifecycle(scenario: Scenario, setup: ManagerSetup): void {
  for (const kind of ['story', 'plain'] as const) {
    scenario(
      `S01 ${kind}: installed, stopped, running, stopped, not installed, three times in a row`,
      [setup[kind]],
      async (room) => {
        const name = room.newName()
        for (let round = 1; round <= 3; round++) {
          const file = setup.tempFile(`s01-${round}`)
          assert.equal((await room.status(name)).phase, 'not-installed')
          assert.equal(await room.install(have(setup[kind])(name, ['--record', file])), 'created')
          const fresh = await room.status(name)
          assert.equal(fresh.phase, 'stopped')
          assert.equal(fresh.pid, null)
          assert.equal(fresh.ours, true)

          await room.manager.start(name)
          const { pid } = await room.phase(name, 'running')
          const record = await room.record(file)
          assert.equal(pid, record.pid)
          assert.ok(await setup.isAlive(record.pid))

          await room.manager.stop(name)
          const stopped = await room.status(name)
          assert.equal(stopped.phase, 'stopped')
          assert.equal(stopped.pid, null)
          assert.equal(await setup.isAlive(record.pid), false)

          await room.manager.uninstall(name)
          assert.equal((await room.status(name)).phase, 'not-installed')
          assert.equal(await setup.fingerprint(name), null)
        }
      },
    )
  }

  const anyProgram = isLack(setup.story) ? setup.plain : setup.story
  const spec: SpecBuilder = (...args) => have(anyProgram)(...args)

  scenario('S01 start of a running service and stop of a stopped one succeed', [], async (room) => {
    const name = room.newName()
    await room.install(spec(name, ['--record', setup.tempFile('twice')]))
    await room.manager.stop(name)
    await room.manager.start(name)
    const { pid } = await room.phase(name, 'running')
    await room.manager.start(name)
    assert.equal((await room.status(name)).pid, pid)
    await room.manager.stop(name)
    await room.manager.stop(name)
    assert.equal((await room.status(name)).phase, 'stopped')
  })

  scenario('S01 restart gives a new process, and starts a stopped service', [], async (room) => {
    const name = room.newName()
    const file = setup.tempFile('restart')
    await room.install(spec(name, ['--record', file]))
    await room.manager.restart(name)
    const first = await room.phase(name, 'running')
    await room.manager.restart(name)
    const second = await room.phase(name, 'running')
    assert.notEqual(second.pid, first.pid)
    assert.equal(await setup.isAlive(first.pid as number), false)
  })

  scenario(
    'S02 progress keeps a start alive that takes longer than the manager allows',
    [setup.story, setup.slowStart],
    async (room) => {
      const { startTimeout, startMs } = have(setup.slowStart)
      const name = room.newName()
      const file = setup.tempFile('slow')
      await room.install(
        have(setup.story)(name, ['--record', file, '--start-ms', String(startMs)], {
          startTimeout,
        }),
      )
      const starting = room.manager.start(name)
      starting.catch(() => {})
      await room.phase(name, 'starting')
      await starting
      assert.equal((await room.status(name)).phase, 'running')
      assert.deepEqual(await room.events(file), ['start', 'ready'])
    },
  )

  scenario('S03 stop during starting', [setup.story, setup.readiness], async (room) => {
    const name = room.newName()
    const file = setup.tempFile('stop-starting')
    await room.install(have(setup.story)(name, ['--record', file, '--start-ms', '60000']))
    const starting = room.manager.start(name).then(
      () => null,
      (error: unknown) => error,
    )
    await room.phase(name, 'starting')
    const { pid } = await room.record(file)
    await room.manager.stop(name)
    assert.equal((await room.status(name)).phase, 'stopped')
    assert.equal(await setup.isAlive(pid), false)
    assert.ok((await starting) !== null, 'a start that was stopped is not a success')
  })

  scenario('S03 a second stop while stopping', [setup.story], async (room) => {
    const name = room.newName()
    const file = setup.tempFile('stop-stopping')
    await room.install(have(setup.story)(name, ['--record', file, '--stop-ms', '4000']))
    await room.manager.start(name)
    const { pid } = await room.record(file)
    const first = room.manager.stop(name)
    first.catch(() => {})
    await room.until('the program has been told to stop', async () =>
      (await room.events(file)).some((event) => event.startsWith('stop')),
    )
    if (!isLack(setup.stoppingPhase)) assert.equal((await room.status(name)).phase, 'stopping')
    await room.manager.stop(name)
    await first
    assert.equal((await room.status(name)).phase, 'stopped')
    assert.equal(await setup.isAlive(pid), false)
    const stops = (await room.events(file)).filter((event) => event.startsWith('stop'))
    assert.equal(stops.length, 1, 'the program is told once')
  })

  scenario('S03 asked twice in a row, status says the same', [], async (room) => {
    const name = room.newName()
    await room.install(spec(name, ['--record', setup.tempFile('interrogate')]))
    await room.manager.start(name)
    await room.phase(name, 'running')
    const [first, second] = [await room.status(name), await room.status(name)]
    const known = ({ phase, pid, ready, startType, want }: typeof first): unknown[] => [
      phase,
      pid,
      ready,
      startType,
      want,
    ]
    assert.deepEqual(known(first), known(second))
  })

  scenario('status has pid, time of start, want and start type', [], async (room) => {
    const name = room.newName()
    const file = setup.tempFile('facts')
    await room.install(spec(name, ['--record', file], { startType: 'manual' }))
    const before = Date.now()
    await room.manager.start(name)
    const status = await room.phase(name, 'running')
    assert.equal(status.name, name)
    assert.equal(status.manager, room.manager.kind)
    assert.equal(status.scope, room.manager.scope)
    assert.equal(status.startType, 'manual')
    assert.ok(status.want === 'up' || status.want === null)
    assert.notEqual(status.ready, false)
    assert.equal(status.pid, (await room.record(file)).pid)
    const startedAt = status.startedAt?.getTime()
    assert.ok(startedAt !== undefined, 'startedAt is told')
    assert.ok(startedAt >= before - CLOCK_SLACK && startedAt <= Date.now() + CLOCK_SLACK)
  })

  scenario('of a name that is not installed, status is a value', [], async (room) => {
    const status = await room.status(room.newName())
    assert.equal(status.phase, 'not-installed')
    assert.equal(status.ours, false)
    assert.equal(status.pid, null)
  })

  scenario('S07 every verb on a name that is not installed says so', [], async (room) => {
    const { manager } = room
    const name = room.newName()
    await rejectsWith(manager.start(name), 'NOT_INSTALLED')
    await rejectsWith(manager.stop(name), 'NOT_INSTALLED')
    await rejectsWith(manager.restart(name), 'NOT_INSTALLED')
    await rejectsWith(manager.pause(name), 'NOT_INSTALLED')
    await rejectsWith(manager.resume(name), 'NOT_INSTALLED')
    await rejectsWith(manager.reload(name), 'NOT_INSTALLED')
    await rejectsWith(manager.uninstall(name), 'NOT_INSTALLED')
    await rejectsWith(room.logs(name, 1), 'NOT_INSTALLED')
  })

  scenario(
    'the log can be followed until one has enough',
    [setup.logs, anyProgram],
    async (room) => {
      const name = room.newName()
      await room.install(spec(name, ['--record', setup.tempFile('follow'), '--say', 'followed']))
      const enough = new AbortController()
      const heard: string[] = []
      const following = (async () => {
        // The service may have spoken before the reading has begun: then it is among the newest lines.
        const query = { lines: 100, follow: true, signal: enough.signal }
        for await (const { text } of room.manager.logs(name, query)) heard.push(text)
      })()
      let failure: unknown = null
      following.catch((error: unknown) => {
        failure = error
      })
      await room.manager.start(name)
      await room.until('the new line has been told', () => {
        if (failure !== null) throw failure
        return heard.some((text) => text.includes('followed'))
      })
      enough.abort()
      await following
    },
  )

  scenario('the log has what the program printed', [setup.logs, anyProgram], async (room) => {
    const name = room.newName()
    await room.install(spec(name, ['--record', setup.tempFile('logs'), '--say', 'grüße 1 "2"']))
    await room.manager.start(name)
    await room.until('the line is in the log', async () => {
      const lines = await room.logs(name, 50)
      return lines.some((line) => line.text.includes('grüße 1 "2"') && line.service === name)
    })
  })
}
