import assert from 'node:assert/strict'
import { rejectsWith, type Scenario } from './room.ts'
import { have, isLack, type ManagerSetup, type SpecBuilder } from './setup.ts'

/** Installing, updating and removing: done, or undone. */
export function definition(scenario: Scenario, setup: ManagerSetup): void {
  const anyProgram = isLack(setup.story) ? setup.plain : setup.story
  const spec: SpecBuilder = (...args) => have(anyProgram)(...args)

  scenario('plan is pure: twice the same, and nothing is written', [], async (room) => {
    const name = room.newName()
    const one = spec(name, ['--record', setup.tempFile('plan')])
    assert.deepEqual(room.manager.plan(one), setup.makeManager().plan(one))
    assert.deepEqual(room.manager.plan(one).unsupported, [])
    assert.equal(await setup.fingerprint(name), null)
  })

  scenario('S06 the same definition again changes nothing', [], async (room) => {
    const name = room.newName()
    const same = spec(name, ['--record', setup.tempFile('same')], { env: { A: '1', B: 'x y' } })
    assert.equal(await room.install(same), 'created')
    const before = await setup.fingerprint(name)
    assert.notEqual(before, null)
    assert.equal(await room.install(same), 'unchanged')
    const again = setup.makeManager()
    assert.equal(await again.install(again.plan(same)), 'unchanged')
    assert.equal(await setup.fingerprint(name), before)
  })

  scenario('S06 another definition updates in place', [], async (room) => {
    const name = room.newName()
    const file = setup.tempFile('update')
    await room.install(spec(name, ['--record', file], { env: { GENERATION: '1' } }))
    await room.manager.start(name)
    const first = await room.phase(name, 'running')
    assert.equal((await room.record(file)).env.GENERATION, '1')

    const next = spec(name, ['--record', file], { env: { GENERATION: '2' } })
    assert.equal(await room.install(next), 'updated')
    const between = await room.status(name)
    assert.equal(between.phase, 'running')
    assert.equal(between.pid, first.pid, 'the running process goes on')

    await room.manager.restart(name)
    const second = await room.phase(name, 'running')
    const record = await room.until('the new process has written its record', async () => {
      const found = await room.record(file)
      return found.pid === second.pid ? found : null
    })
    assert.equal(record.env.GENERATION, '2')
    assert.equal(await room.install(next), 'unchanged')
  })

  scenario('S07 uninstall of a running service stops it and leaves nothing', [], async (room) => {
    const name = room.newName()
    const file = setup.tempFile('s07')
    await room.install(spec(name, ['--record', file]))
    await room.manager.start(name)
    const { pid } = await room.record(file)
    await room.manager.uninstall(name)
    assert.equal(await setup.isAlive(pid), false)
    assert.equal((await room.status(name)).phase, 'not-installed')
    assert.equal(await setup.fingerprint(name), null)
  })

  scenario('S07 what stead did not install is left alone', [setup.foreign], async (room) => {
    const foreign = have(setup.foreign)
    const name = setup.newName()
    await foreign.create(name)
    try {
      const status = await room.status(name)
      assert.equal(status.ours, false)
      assert.notEqual(status.phase, 'not-installed')
      const before = await setup.fingerprint(name)
      await rejectsWith(room.manager.uninstall(name), 'FOREIGN')
      await rejectsWith(
        room.install(spec(name, ['--record', setup.tempFile('foreign')])),
        'FOREIGN',
      )
      assert.ok(await foreign.exists(name))
      assert.equal(await setup.fingerprint(name), before)
      const listed = await room.manager.list()
      assert.ok(!listed.some((service) => service.name === name))
    } finally {
      await foreign.remove(name)
    }
  })

  scenario('list shows what this stead installed, with its state', [], async (room) => {
    const [one, two] = [room.newName(), room.newName()]
    await room.install(spec(one, ['--record', setup.tempFile('list-one')]))
    await room.install(spec(two, ['--record', setup.tempFile('list-two')]))
    await room.manager.start(two)
    await room.phase(two, 'running')
    const listed = new Map((await room.manager.list()).map((status) => [status.name, status]))
    assert.equal(listed.get(one)?.phase, 'stopped')
    assert.equal(listed.get(two)?.phase, 'running')
    assert.ok([...listed.values()].every((status) => status.ours))
    await room.manager.uninstall(one)
    assert.ok(!(await room.manager.list()).some((status) => status.name === one))
  })

  scenario(
    'S07 uninstall waits for an open handle, and the name is free afterwards (1072)',
    [setup.openHandle],
    async (room) => {
      const name = room.newName()
      await room.install(spec(name, ['--record', setup.tempFile('handle')]))
      const close = await have(setup.openHandle)(name)
      const removing = room.manager.uninstall(name)
      removing.catch(() => {})
      await close()
      await removing
      assert.equal((await room.status(name)).phase, 'not-installed')
      const file = setup.tempFile('handle-again')
      assert.equal(await room.install(spec(name, ['--record', file])), 'created')
    },
  )

  scenario(
    'S08 without rights: an error that names the right, and nothing half done',
    [setup.unprivileged],
    async (room) => {
      const other = have(setup.unprivileged)()
      const name = room.newName()
      const mine = spec(name, ['--record', setup.tempFile('s08')])
      const refused = await rejectsWith(other.install(other.plan(mine)), 'RIGHTS')
      assert.notEqual(refused.params.right, '')
      assert.equal((await room.status(name)).phase, 'not-installed')
      assert.equal(await setup.fingerprint(name), null)

      await room.install(mine)
      const before = await setup.fingerprint(name)
      assert.equal((await other.status(name)).phase, 'stopped', 'to ask needs no right')
      await rejectsWith(other.start(name), 'RIGHTS')
      await rejectsWith(other.uninstall(name), 'RIGHTS')
      assert.equal(await setup.fingerprint(name), before)
      assert.equal((await room.status(name)).phase, 'stopped')
    },
  )

  scenario('S09 a failing step undoes the steps before it', [setup.failing], async (room) => {
    const name = room.newName()
    const file = setup.tempFile('s09')
    const failing = have(setup.failing)
    const one = spec(name, ['--record', file], { startType: 'auto' })
    let manager = failing()
    await rejectsWith(manager.install(manager.plan(one)), 'MANAGER_FAILED')
    assert.equal((await room.status(name)).phase, 'not-installed')
    assert.equal(await setup.fingerprint(name), null)

    await room.install(spec(name, ['--record', file], { env: { GENERATION: '1' } }))
    manager = failing()
    const next = spec(name, ['--record', file], { startType: 'auto', env: { GENERATION: '2' } })
    await rejectsWith(manager.install(manager.plan(next)), 'MANAGER_FAILED')
    await room.manager.start(name)
    assert.equal((await room.record(file)).env.GENERATION, '1', 'the old definition is back')
    assert.equal((await room.status(name)).startType, 'manual')
  })
}
