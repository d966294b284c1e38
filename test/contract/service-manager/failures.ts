import assert from 'node:assert/strict'
import { describeExit } from '../../../src/model/exit.ts'
import type { RestartPolicy } from '../../../src/model/service-spec.ts'
import { rejectsWith, type Scenario } from './room.ts'
import { have, isLack, type ManagerSetup, type SpecBuilder } from './setup.ts'

const NO_RESTART: RestartPolicy = { when: 'no', delay: 1_000, limit: null }

/** How a service that fails, ends or is started against its will looks from outside. */
export function failures(scenario: Scenario, setup: ManagerSetup): void {
  const ways: readonly { how: string; args: readonly string[]; says: RegExp }[] = [
    { how: 'throw', args: [], says: /start/i },
    { how: 'reject', args: [], says: /start/i },
    { how: 'never', args: ['--start-timeout', '1500ms'], says: /ready|time|within/i },
    { how: 'exit', args: [], says: /exit/i },
  ]
  for (const { how, args, says } of ways) {
    scenario(
      `S04 start: ${how} is a failure with a code, and the log has the reason`,
      [setup.story, how === 'never' ? setup.readiness : true],
      async (room) => {
        const name = room.newName()
        const file = setup.tempFile(`s04-${how}`)
        const spec = have(setup.story)(name, ['--record', file, '--start', how, ...args], {
          restart: NO_RESTART,
          // That of the story itself is shorter, and begins when its process is up.
          startTimeout: 30_000,
        })
        await room.install(spec)
        const starting = room.manager.start(name)
        if (isLack(setup.readiness)) await starting.catch(() => {})
        else await rejectsWith(starting, 'START_FAILED', 'START_TIMEOUT')
        const status = await room.phase(name, 'fatal')
        assert.equal(status.pid, null)
        const { exit } = status.lastExit ?? assert.fail('the exit is told')
        assert.ok(exit.kind === 'code' && exit.code !== 0, describeExit(exit))
        if (!isLack(setup.logs)) {
          await room.until(`the log has the reason (${says.source})`, async () => {
            const lines = await room.logs(name, 100)
            return lines.some(({ text }) => says.test(text))
          })
        }
        await room.manager.uninstall(name)
        assert.equal((await room.status(name)).phase, 'not-installed')
      },
    )
  }

  for (const kind of ['story', 'plain'] as const) {
    const fails = kind === 'story' ? ['--then', 'exit7'] : ['--exit', '7']
    const ends = kind === 'story' ? ['--then', 'exit0'] : ['--exit', '0']

    scenario(
      `S05 ${kind}: one that fails is started again by the manager`,
      [setup[kind], setup.restarts],
      async (room) => {
        const name = room.newName()
        const file = setup.tempFile('s05-fails')
        const restart: RestartPolicy = {
          when: 'on-failure',
          delay: have(setup.restarts).delay,
          limit: null,
        }
        const args = ['--record', file, ...fails, '--after-ms', '300']
        await room.install(have(setup[kind])(name, args, { restart }))
        await room.manager.start(name).catch(() => {})
        const first = await room.record(file)
        await room.until('a second process has written its record', async () => {
          const text = await setup.readText(file)
          return text !== null && JSON.parse(text).pid !== first.pid
        })
        const { restarts, ours } = await room.status(name)
        assert.ok(ours)
        assert.ok(restarts === null || restarts >= 1)
        await room.manager.stop(name)
        assert.ok(['stopped', 'fatal'].includes((await room.status(name)).phase))
      },
    )

    scenario(
      `S05 ${kind}: one that ends by itself with success is not started again`,
      [setup[kind]],
      async (room) => {
        const name = room.newName()
        const file = setup.tempFile('s05-ends')
        const args = ['--record', file, ...ends, '--after-ms', '300']
        const restart: RestartPolicy = { when: 'on-failure', delay: 1_000, limit: null }
        await room.install(have(setup[kind])(name, args, { restart }))
        await room.manager.start(name)
        const { pid } = await room.record(file)
        const status = await room.phase(name, 'stopped')
        assert.equal(status.pid, null)
        assert.equal(await setup.isAlive(pid), false)
        assert.ok(status.lastExit === null || status.lastExit.exit.kind !== 'signal')
      },
    )

    scenario(
      `S05 ${kind}: one that fails and is not to be restarted is fatal, with its exit`,
      [setup[kind]],
      async (room) => {
        const name = room.newName()
        const args = ['--record', setup.tempFile('s05-fatal'), ...fails, '--after-ms', '300']
        await room.install(have(setup[kind])(name, args, { restart: NO_RESTART }))
        const before = Date.now()
        await room.manager.start(name).catch(() => {})
        const { lastExit, pid } = await room.phase(name, 'fatal')
        assert.equal(pid, null)
        assert.deepEqual(lastExit?.exit, { kind: 'code', code: 7 })
        if (!isLack(setup.exitTime)) {
          const at = lastExit?.at?.getTime() ?? 0
          assert.ok(at >= before - 2_000 && at <= Date.now() + 2_000, `exit at ${lastExit?.at}`)
        }
      },
    )
  }

  const anyProgram = isLack(setup.story) ? setup.plain : setup.story
  const spec: SpecBuilder = (...args) => have(anyProgram)(...args)

  scenario(
    'L12 start by an operator is not refused after a failure',
    [anyProgram],
    async (room) => {
      const name = room.newName()
      const crash = isLack(setup.story) ? ['--exit', '7'] : ['--then', 'exit7']
      const file = setup.tempFile('l12')
      const args = ['--record', file, ...crash, '--after-ms', '100']
      await room.install(spec(name, args, { restart: NO_RESTART }))
      await room.manager.start(name).catch(() => {})
      await room.phase(name, 'fatal')
      const first = await room.record(file)
      await room.manager.start(name).catch(() => {})
      await room.until('a second process has written its record', async () => {
        const text = await setup.readText(file)
        return text !== null && JSON.parse(text).pid !== first.pid
      })
      await room.phase(name, 'fatal')
    },
  )

  scenario(
    'S12 the shutdown of the operating system is told from a stop',
    [setup.story, setup.shutdown],
    async (room) => {
      const name = room.newName()
      const file = setup.tempFile('s12')
      await room.install(have(setup.story)(name, ['--record', file]))
      await room.manager.start(name)
      await room.manager.stop(name)
      const stops = async (): Promise<string[]> =>
        (await room.events(file)).filter((event) => event.startsWith('stop'))
      assert.deepEqual(await stops(), ['stop request'])
      await room.manager.start(name)
      await have(setup.shutdown)(name)
      await room.until(
        'the service has stopped once more',
        async () => (await stops()).length === 2,
      )
      assert.match((await stops())[1] as string, /^stop (pre)?shutdown$/)
    },
  )
}
