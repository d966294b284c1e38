import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { type FakeConsul, fakeConsul } from '../fakes/consul.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { type Running, runProgram } from './process.ts'

const CONFIGURED = fileURLToPath(new URL('../fixtures/services/configured.ts', import.meta.url))
const KEY = 'shop/greeter.yaml'
const open: (() => unknown)[] = []

afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

async function room(said: string | null, token?: string) {
  const consul = await fakeConsul(token)
  open.push(consul.stop)
  if (said !== null) consul.put(KEY, said)
  const directory = temporaryDirectory('remote-config')
  const address = `consul+http://127.0.0.1:${consul.port}/${KEY}`
  const start = (env: Record<string, string> = {}, ...args: string[]): Running => {
    const given = { STEAD_HOME: directory, STEAD_REMOTE: address, WATCH: '1', ...env }
    const program = runProgram(CONFIGURED, args, given)
    open.push(async () => {
      program.child.kill('SIGKILL')
      await program.ended
    })
    return program
  }
  return { consul, directory, start }
}

const waits = async (consul: FakeConsul) => {
  while (consul.waiting() === 0) await new Promise((done) => setTimeout(done, 10))
}

test('a service has settings of a remote source over its file and under its variables, live', async () => {
  const { consul, directory, start } = await room('port: 81\ngreeting: moin\n')
  const file = join(directory, 'app.yaml')
  writeFileSync(file, 'port: 80\npassword: of-the-file\n')
  const program = start({ STEAD_CONFIG: file })
  await program.until(/with moin on 81, password of 11[\s\S]*running configured/)
  await waits(consul)
  consul.put(KEY, 'port: 82\ngreeting: moin\n')
  await program.until(/offered 82 for 81: port[\s\S]*with moin on 82/)
})

test('what a schema or a part of the service refuses changes nothing, and the next is taken', async () => {
  const { consul, start } = await room('port: 81\n')
  const program = start()
  await program.until(/running configured/)
  await waits(consul)
  consul.put(KEY, 'port: many\n')
  await program.until(/reload refused: .*consul .*\(index 12\):1:7: port: /)
  consul.put(KEY, 'port: 1\n')
  await program.until(/reload refused: Error: port 1 is not for us/)
  consul.put(KEY, 'port: 83\n')
  await program.until(/with hello on 83/)
})

test('a loss and a return are told, and a start needs no source where there is a copy', async () => {
  const { consul, directory, start } = await room('port: 81\n')
  const program = start()
  await program.until(/running configured/)
  await waits(consul)
  await consul.stop()
  await program.until(/the remote source consul .* is lost, and what it said before stays/)
  while (readdirSync(join(directory, 'state', 'remote')).length === 0)
    await new Promise((done) => setTimeout(done, 10))
  const other = start()
  await other.until(/the remote source .* is lost[\s\S]*running configured/)
  expect(other.output()).toContain('with hello on 81')
  await consul.start()
  await program.until(/the remote source consul .* is back/)
})

test('without a copy a start fails with 6 and the reason; a secret in an address is not repeated', async () => {
  const { consul, start } = await room(null, 'let-me-in')
  const nobody = start()
  expect(await nobody.ended).toMatchObject({ code: 6 })
  expect(nobody.output()).toContain('it does not let us in (HTTP 403)')
  consul.put(KEY, 'port: 84\n')
  const program = start({ STEAD_REMOTE_TOKEN: 'let-me-in' })
  await program.until(/with hello on 84/)
  expect(program.output()).not.toContain('let-me-in')
  const wrong = start({}, '--remote', 'https://me:hidden@127.0.0.1/x')
  await wrong.ended
  expect(wrong.output()).toContain('a password does not belong in an address')
  expect(wrong.output()).not.toContain('hidden')
})

test('a file of its own describes the source, with what it may say', async () => {
  const { consul, directory, start } = await room('port: 81\n')
  const file = join(directory, 'remote.yaml')
  const address = `http://127.0.0.1:${consul.port}`
  writeFileSync(file, JSON.stringify({ consul: { address, key: KEY }, allow: ['greeting'] }))
  const program = start({}, '--remote', file)
  expect(await program.ended).toMatchObject({ code: 6 })
  expect(program.output()).toContain('port: a remote source may not say this, but greeting')
})
