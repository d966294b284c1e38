/** A guard whose settings come from an HTTP server, and from a Consul that is a fake. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listening } from '../../contract/remote-rooms.ts'
import { until } from '../../contract/until.ts'
import { fakeConsul } from '../../fakes/consul.ts'
import { openRoom, type Room } from './room.ts'

const QUICK = { configuration: { debounce: '50ms', trial: '300ms' } }
/** Ends as soon as something fails, which it has time for on any machine. */
const PATIENT = { configuration: { debounce: '50ms', trial: '10m' } }
const sleeper = { command: ['sleep', '600'], env: { VALUE: 'file' } }
const has = (room: Room, value: string) =>
  until(`it has ${value}`, () => {
    const values = room.programs('a').map(({ environment }) => environment.VALUE)
    return values.length === 1 && values[0] === value
  })

/** What a server says; null is that it has nothing. */
async function server(said: string) {
  const state = { said: said as string | null, asked: 0, unchanged: 0 }
  const made = await listening((request, response) => {
    state.asked += 1
    if (state.said === null) {
      response.writeHead(404).end()
      return
    }
    const etag = `"${Buffer.from(state.said).toString('base64url').slice(-20)}"`
    const isSame = request.headers['if-none-match'] === etag
    if (isSame) state.unchanged += 1
    response.writeHead(isSame ? 304 : 200, { etag }).end(isSame ? undefined : state.said)
  })
  onTestFinished(made.stop)
  return { ...made, state, url: `http://127.0.0.1:${made.port}/shop.json` }
}

test('a document of an HTTP server is asked for by its ETag, and what changes is taken over', async () => {
  const { state, url } = await server('{ "services": { "a": { "env": { "VALUE": "one" } } } }')
  const remote = { http: { url, poll: '100ms' } }
  const room = openRoom({ a: sleeper }, { ...QUICK, remote })
  await room.up()
  await has(room, 'one')
  await until('it was asked by its ETag', () => state.unchanged > 2)
  expect((await room.status()).guard.remote).toMatchObject({
    source: url,
    state: 'up',
    version: expect.stringMatching(/^ETag "/),
  })
  state.said = '{ "services": { "a": { "env": { "VALUE": "two" } } } }'
  await has(room, 'two')
  // A document with a comma too many, as of an editor in the middle of its work.
  state.said = '{ "services": { "a": { "env": { "VALUE": "three", } } } }'
  const refused = async () => (await room.status()).guard.config?.refused?.reason ?? ''
  await until('the refusal is told', async () => /shop\.json \(ETag .*:1:/.test(await refused()))
  await has(room, 'two')
})

test('an export has what the source says now, and tells that it will not follow it', async () => {
  const { url } = await server('{ "services": { "a": { "env": { "VALUE": "one" } } } }')
  const room = openRoom({ a: sleeper }, { remote: { http: { url } } })
  const { stdout, stderr, code } = await room.stead('export', 'systemd', '--strict')
  expect(stdout).toContain('Environment=VALUE=one')
  expect(stderr).toMatch(/stead\.yaml:1: lost: remote: .* the settings of now/)
  expect(code).not.toBe(0)
})

test('a change that makes a service fail is taken back, and the copy is what was good', async () => {
  const { state, url } = await server('services: { a: { env: { VALUE: "one" } } }')
  const room = openRoom({ a: sleeper }, PATIENT)
  const file = join(room.directory, 'remote.yaml')
  writeFileSync(file, JSON.stringify({ http: { url, poll: '100ms' }, format: 'yaml' }))
  const guard = await room.up({ args: ['--remote', file] })
  await has(room, 'one')
  state.said = 'services: { a: { command: ["sh", "-c", "sleep 0.2; exit 3"] } }'
  const outcomes = async () => {
    const { stdout } = await room.stead('config', 'history', '--json')
    const { versions } = JSON.parse(stdout) as { versions: { outcome: string; cause: string }[] }
    return versions.map(({ outcome, cause }) => `${cause} ${outcome}`)
  }
  await until('it is taken back', async () => (await outcomes()).includes('remote rolled-back'))
  await has(room, 'one')
  await room.stead('down')
  await guard.ended
  state.said = null
  await room.up({ args: ['--remote', file] })
  await has(room, 'one')
  expect((await room.status()).guard.remote?.trouble).toMatch(/it has nothing/)
})

test('keys of Consul below a prefix are settings, of which only those that are allowed count', async () => {
  const consul = await fakeConsul('let-me-in')
  onTestFinished(consul.stop)
  consul.put('shop/services/a/env/VALUE', 'one')
  const address = `http://127.0.0.1:${consul.port}`
  const source = { address, prefix: 'shop/', tokenEnv: 'CONSUL_TOKEN' }
  const remote = { consul: source, allow: ['services.*.env'] }
  const room = openRoom({ a: sleeper }, { ...QUICK, remote })
  await room.up({ env: { CONSUL_TOKEN: 'let-me-in' } })
  await has(room, 'one')
  await until('it is watched', () => consul.waiting() > 0)
  consul.put('shop/services/a/env/VALUE', '1.10')
  await has(room, '1.10')
  consul.put('shop/services/a/command', 'evil')
  const refused = async () => (await room.status()).guard.config?.refused?.reason ?? ''
  await until('the refusal is told', async () =>
    (await refused()).includes('services.a.command: a remote source may not say this'),
  )
  await has(room, '1.10')
  consul.remove('shop/services/a/command')
  await until('it is forgotten', async () => (await refused()) === '')
  const before = (await room.status()).guard.remote?.version
  consul.setIndex(3)
  consul.put('shop/services/a/env/VALUE', 'old')
  const trouble = async () => (await room.status()).guard.remote?.trouble ?? ''
  await until('that it counts backwards is told', async () =>
    /has gone back from/.test(await trouble()),
  )
  expect((await room.status()).guard.remote?.version).toBe(before)
  await has(room, '1.10')
  const told = JSON.stringify([await room.events(), await room.status()])
  expect(told).not.toContain('let-me-in')
})

test('an address that has a password in it, or is plain to another machine, is refused', async () => {
  const room = openRoom({ a: sleeper })
  for (const [address, problem] of [
    ['https://me:hidden@127.0.0.1/x', 'a password does not belong in an address'],
    ['http://config.example/x', 'everybody on the way reads'],
  ] as const) {
    const refused = await room.stead('up', '--remote', address)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(problem)
    expect(refused.stderr).not.toContain('hidden')
  }
})
