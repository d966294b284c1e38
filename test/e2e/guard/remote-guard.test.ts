/** A guard whose settings come from a real etcd. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { certificateAuthority } from '../../fixtures/certificates.ts'
import { type Etcd, type EtcdTls, startEtcd } from './etcd.ts'
import { openRoom, type Room } from './room.ts'

const KEY = '/stead/shop.yaml'
const sleeper = { command: ['sleep', '600'], env: { VALUE: 'file', OWN: 'file' } }
const QUICK = { debounce: '50ms', trial: '200ms' }

async function etcdOf(tls?: EtcdTls): Promise<Etcd> {
  const etcd = await startEtcd(tls === undefined ? {} : { tls })
  onTestFinished(etcd.close)
  return etcd
}

function remoteRoom(etcd: Etcd, more: object = {}, etcdMore: object = {}): Room {
  const own = { endpoints: [etcd.endpoint], key: KEY, ...etcdMore }
  const remote = { etcd: own, timeout: '30s', ...more }
  return openRoom({ a: sleeper }, { configuration: QUICK, remote })
}

const settings = (value: string) => `services: { a: { env: { VALUE: "${value}" } } }\n`
const valuesOf = (room: Room) => room.programs('a').map(({ environment }) => environment.VALUE)
const has = (room: Room, value: string) =>
  until(`it has ${value}`, () => {
    const [only, other] = valuesOf(room)
    return only === value && other === undefined
  })
const factOf = (room: Room) => room.status().then(({ guard }) => guard.remote)
const textsOf = async (room: Room) =>
  (await room.events()).flatMap((event) => (event.type === 'guard' ? [event.text] : []))

test('a guard takes what etcd says over its file, and follows each change of it', async () => {
  const etcd = await etcdOf()
  await etcd.put(KEY, settings('one'))
  const room = remoteRoom(etcd)
  await room.up()
  await room.running('a')
  await has(room, 'one')
  expect(room.programs('a')[0]?.environment.OWN).toBe('file')
  expect(await factOf(room)).toMatchObject({ state: 'up', version: 'revision 2', trouble: null })
  await etcd.put('/stead/other', 'x')
  await etcd.put(KEY, settings('two'))
  await has(room, 'two')
  const { stdout } = await room.stead('config', 'history', '--json')
  const { versions } = JSON.parse(stdout) as { versions: { by: string; cause: string }[] }
  expect(versions.at(-1)).toMatchObject({
    cause: 'remote',
    by: `remote etcd ${etcd.endpoint} ${KEY} (revision 4)`,
  })
  expect((await room.stead('config', 'diff')).stdout).toBe(
    '~ services.a.env.VALUE: "one" → "two"\n',
  )
  // What changes beside it in the file has the same remote settings.
  room.write(readFileSync(room.file, 'utf8').replace('"OWN":"file"', '"OWN":"changed"') as never)
  expect((await room.stead('apply')).code).toBe(0)
  const own = () => room.programs('a').map(({ environment }) => environment.OWN)
  await until('it has both', () => own().length === 1 && own()[0] === 'changed')
  expect(valuesOf(room)).toEqual(['two'])
  expect((await room.stead('config', 'rollback', '1')).code).toBe(0)
  await has(room, 'one')
})

test('config show names key and revision of each value, and what it hides', async () => {
  const etcd = await etcdOf()
  await etcd.put(KEY, `# settings\n${settings('one')}`)
  const room = remoteRoom(etcd)
  const shown = await room.stead('config', 'show', 'a')
  const origin = `etcd ${etcd.endpoint} ${KEY} (revision 2):2:`
  expect(shown.stdout).toMatch(/env\.VALUE +one +remote +etcd/)
  expect(shown.stdout).toContain(origin)
  expect(shown.stdout).toMatch(/over file +file +stead\.yaml:1:/)
  expect((await room.stead('config', 'check')).stdout).toMatch(/valid: 1 service, 1 file\n$/)
  await etcd.put(KEY, 'services: { a: { enw: {} } }')
  const wrong = await room.stead('config', 'check')
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain(
    `${KEY} (revision 3):1:18: services.a.enw: there is no such setting`,
  )
  await etcd.put(KEY, 'access: []')
  expect((await room.stead('config', 'check')).stderr).toContain('may not say this')
})

test('a guard keeps what it runs when etcd is killed, says so, and goes on when it is back', async () => {
  const etcd = await etcdOf()
  await etcd.put(KEY, settings('one'))
  const room = remoteRoom(etcd)
  await room.up()
  const [before] = await room.running('a')
  await etcd.kill()
  await until('the loss is told', async () => (await factOf(room))?.state === 'down')
  expect((await room.stead('status')).stdout).toMatch(
    // By what was under way when it went: an answer, or a call.
    /is lost since .*ECONN(RESET|REFUSED).*; revision 2, read at .*, stays/,
  )
  expect((await room.stead('explain', 'a')).stdout).toMatch(/is lost since/)
  // What somebody asks for meanwhile is done with what was good last.
  expect((await room.stead('apply')).code).toBe(0)
  expect((await room.one('a')).pid).toBe(before?.pid)
  await etcd.start()
  await until('the return is told', async () => (await factOf(room))?.state === 'up')
  await etcd.put(KEY, settings('two'))
  await has(room, 'two')
  const texts = await textsOf(room)
  const lost = texts.filter((text) => /remote source .* is lost/.test(text))
  expect(lost).toHaveLength(1)
  expect(texts.filter((text) => /remote source .* is back$/.test(text))).toHaveLength(1)
})

test('a start needs no network where there is a copy, and fails with the reason where there is none', async () => {
  const etcd = await etcdOf()
  await etcd.put(KEY, settings('one'))
  const room = remoteRoom(etcd)
  const guard = await room.up()
  await has(room, 'one')
  const copies = join(room.home, 'state', 'remote')
  const [copy = ''] = await until('the copy is kept', () => {
    const names = readdirSync(copies)
    return names.length === 1 && !names[0]?.includes('.') && names
  })
  expect(statSync(join(copies, copy)).mode & 0o777).toBe(0o600)
  expect(statSync(copies).mode & 0o777).toBe(0o700)
  await room.stead('down')
  await guard.ended
  await etcd.kill()
  await room.up()
  await has(room, 'one')
  expect(await factOf(room)).toMatchObject({ state: 'down', version: 'revision 2' })
  const shown = await room.stead('config', 'show')
  expect(shown.stdout).toMatch(/the last good copy is used: revision 2, read at/)
  await etcd.start()
  await until('the return is told', async () => (await factOf(room))?.state === 'up')
  await room.stead('down')
  await etcd.kill()
  const text = readFileSync(join(copies, copy), 'utf8')
  writeFileSync(join(copies, copy), text.replace('one', 'evil'))
  const refused = await room.stead('up')
  expect(refused.code).toBe(6)
  expect(refused.stderr).toMatch(/REMOTE_UNAVAILABLE: .*ECONNREFUSED.*is damaged, and is not used/)
})

test('what cannot be taken changes nothing, is told, and is forgotten when it is right again', async () => {
  const etcd = await etcdOf()
  await etcd.put(KEY, settings('one'))
  const room = remoteRoom(etcd)
  await room.up()
  const [before] = await room.running('a')
  const refused = async () => (await room.status()).guard.config?.refused?.reason ?? null
  for (const [said, problem] of [
    ['- 1\n', 'it has to be a map'],
    ['services: { a: { instances: many } }', 'services.a.instances'],
    ['access: [{ role: admin, users: [nobody] }]', 'may not say this'],
    ['remote: { http: { url: "https://elsewhere.example" } }', 'stands in a file'],
    ['a: [', ':1:'],
  ] as const) {
    await etcd.put(KEY, said)
    await until(problem, async () => (await refused())?.includes(problem))
  }
  await etcd.put(KEY, 'x'.repeat(1_100_000))
  const long = /longer than 1048576 bytes/
  await until('the length is told', async () => long.test((await factOf(room))?.trouble ?? ''))
  await etcd.remove(KEY)
  const gone = async () => (await factOf(room))?.trouble === 'it has nothing any more'
  await until('that it is gone is told', gone)
  expect((await room.one('a')).pid).toBe(before?.pid)
  expect(valuesOf(room)).toEqual(['one'])
  await etcd.put(KEY, settings('one'))
  await until('it is forgotten', async () => (await refused()) === null)
  expect((await factOf(room))?.trouble).toBeNull()
  expect((await room.one('a')).pid).toBe(before?.pid)
})

test('an etcd that has lost what it had is not believed, until somebody asks for it', async () => {
  const etcd = await etcdOf()
  for (const value of ['one', 'two', 'three']) await etcd.put(KEY, settings(value))
  const room = remoteRoom(etcd)
  await room.up()
  await has(room, 'three')
  await etcd.kill()
  await until('the loss is told', async () => (await factOf(room))?.state === 'down')
  await etcd.start('empty')
  await etcd.put(KEY, settings('old'))
  const told = async () =>
    /gone back from revision 4 to revision 2/.test((await factOf(room))?.trouble ?? '')
  await until('that it has gone back is told', told)
  expect(valuesOf(room)).toEqual(['three'])
  expect((await textsOf(room)).some((text) => text.includes('has gone back'))).toBe(true)
  expect((await room.stead('apply')).code).toBe(0)
  await has(room, 'old')
})

test('changes that were compacted away while nobody watched are found all the same', async () => {
  const etcd = await etcdOf()
  await etcd.put(KEY, settings('one'))
  const room = remoteRoom(etcd)
  await room.up()
  await has(room, 'one')
  const [guard] = [await room.status()].map((status) => status.guard.pid)
  process.kill(guard as number, 'SIGSTOP')
  try {
    for (let count = 0; count < 20; count += 1) await etcd.put('/other', String(count))
    await etcd.put(KEY, settings('two'))
    const { status } = await etcd.call('/v3/kv/compaction', { revision: '23', physical: true })
    expect(status).toBe(200)
    await etcd.kill()
    await etcd.start()
  } finally {
    process.kill(guard as number, 'SIGCONT')
  }
  await has(room, 'two')
})

test('with TLS, a client certificate, a user and a password; nobody sees the password', async () => {
  const room = openRoom()
  const ca = certificateAuthority(room.directory)
  const server = ca.sign('server', 'IP:127.0.0.1')
  // The gateway of etcd refuses certificates of clients that have a common name.
  const client = ca.sign('client', 'DNS:client', '/O=us')
  const etcd = await etcdOf({ ...server, clientCa: ca.ca })
  const password = 'correct-horse-battery'
  const made: [string, object][] = [
    ['/v3/auth/role/add', { name: 'shop' }],
    [
      '/v3/auth/role/grant',
      {
        name: 'shop',
        perm: {
          permType: 'READ',
          key: Buffer.from('/stead/').toString('base64'),
          range_end: Buffer.from('/stead0').toString('base64'),
        },
      },
    ],
    ['/v3/auth/user/add', { name: 'shop', password }],
    ['/v3/auth/user/grant', { user: 'shop', role: 'shop' }],
    ['/v3/auth/user/add', { name: 'root', password: 'root' }],
    ['/v3/auth/user/grant', { user: 'root', role: 'root' }],
    ['/v3/auth/enable', {}],
    ['/v3/auth/authenticate', { name: 'root', password: 'root' }],
  ]
  for (const [path, body] of made)
    expect([path, (await etcd.call(path, body)).status]).toEqual([path, 200])
  await etcd.put(KEY, settings('one'))
  const file = join(room.directory, 'etcd.password')
  writeFileSync(file, `${password}\n`, { mode: 0o600 })
  const tls = { ca: ca.ca, cert: client.cert, key: client.key }
  const source = { endpoints: [etcd.endpoint], key: KEY, user: 'shop', passwordFile: file }
  room.write(
    { a: sleeper },
    { configuration: QUICK, remote: { etcd: source, tls, timeout: '30s' } },
  )
  const guard = await room.up()
  await has(room, 'one')
  await etcd.put(KEY, settings('two'))
  await has(room, 'two')
  // Tokens do not outlive the process that gave them.
  await etcd.kill()
  await until('the loss is told', async () => (await factOf(room))?.state === 'down')
  await etcd.start()
  await etcd.call('/v3/auth/authenticate', { name: 'root', password: 'root' })
  await etcd.put(KEY, settings('three'))
  await has(room, 'three')
  writeFileSync(file, 'wrong-password\n')
  const wrong = await room.stead('config', 'check')
  expect(wrong.stdout).toMatch(/it does not let shop in: .*; the last good copy is used/)
  const told = [guard.text(), ...(await textsOf(room)), wrong.stdout, wrong.stderr].join('\n')
  expect(told).not.toContain(password)
  expect(told).not.toContain('wrong-password')
  room.write({ a: sleeper }, { remote: { etcd: source, timeout: '30s' } })
  expect((await room.stead('config', 'check')).stdout).toMatch(/certificate/)
})
