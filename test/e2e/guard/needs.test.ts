/** What a service needs comes late, or not at all. */
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from './free-port.ts'
import { openRoom } from './room.ts'

const SLEEPS = ['sleep', '1000']

test('it starts when the last of a port, a name, a file and a command is there, and not before', async () => {
  const port = await freePort()
  const room = openRoom({
    api: {
      command: SLEEPS,
      needs: [
        { tcp: `127.0.0.1:${port}` },
        { dns: 'localhost' },
        { file: 'token' },
        { exec: ['test', '-e', 'migrated'] },
      ],
    },
  })
  await room.up()
  const waits = (text: string) =>
    room.waitFor('api', text, ({ phase, why }) => phase === 'waiting' && why.includes(text))
  const first = await waits(`tcp 127.0.0.1:${port} (connection refused) and file`)
  expect(first.why).toMatch(
    /file \S+token \(not there\) and exec test -e migrated \(exit code 1\), try/,
  )
  await room.waitFor('api', 'a next try', ({ next }) => /^try \d+$/.test(next?.what ?? ''))
  const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1')
  onTestFinished(() => void server.close())
  await waits(`it waits for file ${join(room.directory, 'token')}`)
  writeFileSync(join(room.directory, 'token'), 'x')
  await waits('it waits for exec test -e migrated')
  expect(room.programs('api')).toEqual([])
  const table = await room.stead('status')
  expect(table.stdout).toMatch(/waiting.*it waits for exec/)
  writeFileSync(join(room.directory, 'migrated'), '')
  // An operator does not wait for the next try.
  expect(await room.stead('start', 'api')).toMatchObject({ code: 0 })
  expect(await room.one('api')).toMatchObject({ phase: 'running', incarnation: 1 })
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  room.expectNothingLeft()
})

test('a stop while it waits is done at once, and nothing starts when what it needs comes', async () => {
  const room = openRoom({
    api: { command: SLEEPS, needs: [{ file: 'token' }] },
    other: { command: SLEEPS, needs: [{ file: 'token' }], needsTimeout: 'none' },
  })
  await room.up()
  await room.waitFor('api', 'waiting', ({ why }) => why.includes('token (not there)'))
  expect(await room.stead('stop', 'api')).toMatchObject({ code: 0 })
  writeFileSync(join(room.directory, 'token'), 'x')
  // The other one waits for the same file: when it runs, the first had its chance too.
  await room.running('other')
  expect(await room.one('api')).toMatchObject({ phase: 'stopped', incarnation: 0 })
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  room.expectNothingLeft()
})

test('at its deadline the start has failed, and names everything that was missing', async () => {
  const room = openRoom({
    api: {
      command: SLEEPS,
      autostart: false,
      restart: 'no',
      needs: [{ file: 'token' }, { dns: 'nobody.invalid' }, { file: '.' }],
      needsTimeout: '1500ms',
    },
    idle: { command: SLEEPS },
  })
  await room.up()
  const { code, stderr, stdout } = await room.stead('start', 'api')
  expect(code).not.toBe(0)
  const said = stderr + stdout
  expect(said).toMatch(
    /what it needs was not there within 1s500ms: file \S+token \(not there\) and dns nobody\.invalid \(/,
  )
  expect(await room.one('api')).toMatchObject({ phase: 'fatal', incarnation: 0, pid: null })
  writeFileSync(join(room.directory, 'token'), 'x')
  room.write({ api: { command: SLEEPS, needs: [{ file: 'token' }] }, idle: { command: SLEEPS } })
  expect(await room.stead('apply')).toMatchObject({ code: 0 })
  expect(await room.stead('start', 'api')).toMatchObject({ code: 0 })
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  room.expectNothingLeft()
})
