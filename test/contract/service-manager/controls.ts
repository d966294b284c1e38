import assert from 'node:assert/strict'
import { type Room, rejectsWith, type Scenario } from './room.ts'
import { have, isLack, type ManagerSetup } from './setup.ts'

/** Pause, resume and reload, where the manager or the service knows them. */
export function controls(scenario: Scenario, setup: ManagerSetup): void {
  const heard = async (room: Room, file: string, event: string): Promise<void> => {
    await room.until(`the program has noted ${event}`, async () =>
      (await room.events(file)).includes(event),
    )
  }

  scenario('S11 pause and resume of a native service', [setup.story], async (room) => {
    const { manager } = room
    const name = room.newName()
    const file = setup.tempFile('s11')
    await room.install(have(setup.story)(name, ['--record', file]))
    await rejectsWith(
      manager.pause(name),
      manager.capabilities.pause ? 'NOT_RUNNING' : 'VERB_UNSUPPORTED',
      'NOT_RUNNING',
    )
    await manager.start(name)
    const { pid } = await room.phase(name, 'running')
    await heard(room, file, 'ready')
    if (!manager.capabilities.pause) {
      await rejectsWith(manager.pause(name), 'VERB_UNSUPPORTED')
      await rejectsWith(manager.resume(name), 'VERB_UNSUPPORTED')
      return
    }
    await manager.pause(name)
    await heard(room, file, 'pause')
    if (!isLack(setup.pausedPhase)) await room.phase(name, 'paused')
    await manager.resume(name)
    await heard(room, file, 'resume')
    assert.equal((await room.phase(name, 'running')).pid, pid)
  })

  scenario(
    'S11 an illegal transition is refused with the legal ones named',
    [setup.story, setup.pausedPhase],
    async (room) => {
      const { manager } = room
      const name = room.newName()
      await room.install(have(setup.story)(name, ['--record', setup.tempFile('s11-illegal')]))
      await manager.start(name)
      await room.phase(name, 'running')
      const early = await rejectsWith(manager.resume(name), 'TRANSITION_ILLEGAL')
      assert.ok(early.params.legal.includes('pause'))
      await manager.pause(name)
      await room.phase(name, 'paused')
      const twice = await rejectsWith(manager.pause(name), 'TRANSITION_ILLEGAL')
      assert.equal(twice.params.from, 'paused')
      assert.ok(twice.params.legal.includes('resume'))
      assert.ok(twice.params.legal.includes('stop'))
      await manager.stop(name)
      assert.equal((await room.status(name)).phase, 'stopped')
    },
  )

  scenario('S11 reload of a native service', [setup.story], async (room) => {
    const { manager } = room
    const name = room.newName()
    const file = setup.tempFile('s11-reload')
    await room.install(have(setup.story)(name, ['--record', file]))
    await rejectsWith(manager.reload(name), 'NOT_RUNNING', 'VERB_UNSUPPORTED')
    await manager.start(name)
    const { pid } = await room.phase(name, 'running')
    await heard(room, file, 'ready')
    if (!manager.capabilities.reload) {
      await rejectsWith(manager.reload(name), 'VERB_UNSUPPORTED')
      return
    }
    await manager.reload(name)
    await heard(room, file, 'reload')
    assert.equal((await room.phase(name, 'running')).pid, pid)
  })

  scenario('S11 a program that is not native cannot be paused', [setup.plain], async (room) => {
    const name = room.newName()
    await room.install(have(setup.plain)(name, ['--record', setup.tempFile('s11-plain')]))
    await room.manager.start(name)
    await rejectsWith(room.manager.pause(name), 'VERB_UNSUPPORTED')
    await rejectsWith(room.manager.resume(name), 'VERB_UNSUPPORTED')
    assert.equal((await room.status(name)).phase, 'running')
  })
}
