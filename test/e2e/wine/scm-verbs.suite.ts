import assert from 'node:assert/strict'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseScmRecord, SCM_RECORD_KEY, SCM_RECORD_VALUE } from '../../../src/model/scm-record.ts'
import type { ServiceSpec } from '../../../src/model/service-spec.ts'
import { after, describe, test } from '../../contract/harness.ts'
import { rejectsWith } from '../../contract/service-manager/room.ts'
import { until } from '../../contract/until.ts'
import { realScmSetup } from './scm-manager.setup.ts'

const setup = realScmSetup()
const manager = setup.makeManager()
after(() => setup.dispose())

/** Installs the story, gives its name and the file it writes to, and removes it again. */
async function withStory(
  args: readonly string[],
  settings: Partial<ServiceSpec>,
  use: (name: string, file: string) => Promise<void>,
): Promise<void> {
  const name = setup.newName()
  const file = setup.tempFile('story')
  await manager.install(manager.plan(setup.story(name, ['--record', file, ...args], settings)))
  try {
    await use(name, file)
  } finally {
    await manager.uninstall(name)
  }
}

async function heard(file: string, event: string): Promise<void> {
  let events: string | null = null
  try {
    await until(`the service has noted ${event}`, async () => {
      events = await setup.readText(`${file}.events`)
      return events?.split('\n').includes(event)
    })
  } catch (error) {
    throw new Error(`${(error as Error).message}; it has noted ${JSON.stringify(events)}`)
  }
}

describe('what only the Service Control Manager does', () => {
  test('start hands arguments to the service', {}, () =>
    withStory([], {}, async (name, file) => {
      await manager.start(name, ['one', 'two words', 'say "hi"', 'grüße 😀'])
      await heard(file, 'arguments ["one","two words","say \\"hi\\"","grüße 😀"]')
    }),
  )

  test('P09 every short text of the characters that matter arrives exactly', {}, async () => {
    const characters = ['"', '\\', '%', ' ', 'OS']
    const texts = Array.from({ length: 5 ** 4 }, (_, number) =>
      [0, 1, 2, 3].map((digit) => characters[Math.floor(number / 5 ** digit) % 5]).join(''),
    )
    // OS is a variable that every Windows has.
    assert.ok(process.env.OS !== undefined && texts.includes('%OS% '))
    await withStory(['--', ...texts], {}, async (name, file) => {
      await manager.start(name)
      const { argv } = JSON.parse((await setup.readText(file)) ?? '{}') as { argv: string[] }
      assert.deepEqual(argv.slice(argv.indexOf('--') + 1), texts)
    })
  })

  test('controls of its own reach the service', {}, () =>
    withStory([], {}, async (name, file) => {
      await rejectsWith(manager.control(name, 200), 'NOT_RUNNING')
      await manager.start(name)
      await manager.control(name, 128)
      await manager.control(name, 255)
      await heard(file, 'custom 128')
      await heard(file, 'custom 255')
      await rejectsWith(manager.control(name, 127), 'USAGE')
    }),
  )

  test('S05 one that ends by itself with success is stopped, with code 0', {}, () =>
    withStory(['--then', 'exit0', '--after-ms', '300'], {}, async (name) => {
      await manager.start(name)
      const { phase, lastExit } = await until(`${name} has ended`, async () => {
        const status = await manager.status(name)
        return status.pid === null ? status : null
      })
      assert.equal(phase, 'stopped')
      assert.deepEqual(lastExit?.exit, { kind: 'code', code: 0 })
    }),
  )

  test('S07 uninstall takes the log with it', {}, async () => {
    let log = ''
    await withStory(['--say', 'something'], {}, async (name) => {
      await manager.start(name)
      await manager.stop(name)
      const value = await setup.control.readValue(name, SCM_RECORD_KEY, SCM_RECORD_VALUE)
      log = value?.type === 'REG_SZ' ? (parseScmRecord(value.data, name)?.logFile ?? '') : ''
      assert.match((await setup.readText(log)) ?? '', /something/)
    })
    assert.equal(await setup.readText(log), null)
  })

  test('S04 a program that is not there fails with its number', {}, () =>
    withStory([], { file: 'C:\\missing\\program.exe' }, async (name) => {
      const { message } = await rejectsWith(manager.start(name), 'START_FAILED')
      assert.match(message, /Windows error [23]:/)
    }),
  )

  test('a disabled service is not started, and says how to change that', {}, () =>
    withStory([], { startType: 'disabled' }, async (name) => {
      const { hint } = await rejectsWith(manager.start(name), 'MANAGER_FAILED')
      assert.match(hint, /--start-type/)
    }),
  )

  test('S07 a service of another home is foreign', {}, () =>
    withStory([], {}, async (name) => {
      const other = setup.makeManager(join(homedir(), 'another stead'))
      await rejectsWith(other.uninstall(name), 'FOREIGN')
      await rejectsWith(other.install(other.plan(setup.story(name, []))), 'FOREIGN')
      assert.deepEqual(await other.list(), [])
      assert.equal((await manager.status(name)).ours, true)
    }),
  )

  test('a log is followed over a restart', {}, () =>
    withStory(['--say', 'grüße'], {}, async (name) => {
      const stop = new AbortController()
      let count = 0
      const following = (async () => {
        const lines = manager.logs(name, { lines: 0, follow: true, signal: stop.signal })
        for await (const { text } of lines) if (text.includes('grüße')) count += 1
      })()
      await manager.start(name)
      await manager.restart(name)
      await until('both lives have said it', () => count === 2)
      stop.abort()
      await following
    }),
  )
})
