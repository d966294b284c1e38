/** Guards that want signatures, and whose settings come from a real etcd and from a real nginx. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { signFiles } from '../../../src/secrets/signature.ts'
import { newSigningKeys, parsePrivateKey } from '../../../src/secrets/signing-key.ts'
import { until } from '../../contract/until.ts'
import { startEtcd } from './etcd.ts'
import { freePort } from './free-port.ts'
import { startProcess } from './guard-process.ts'
import { openRoom, type Room } from './room.ts'

const KEY = '/stead/shop.yaml'
const sleeper = { command: ['sleep', '600'], env: { VALUE: 'file' } }
const settings = (value: string) => `services: { a: { env: { VALUE: "${value}" } } }\n`
const has = (room: Room, value: string) =>
  until(`it has ${value}`, () => {
    const values = room.programs('a').map(({ environment }) => environment.VALUE)
    return values.length === 1 && values[0] === value
  })
const refusedBy = async (room: Room) => (await room.status()).guard.config?.refused?.reason ?? ''
const isRefused = (room: Room, reason: string) =>
  until(reason, async () => (await refusedBy(room)).includes(reason))

interface Pair {
  readonly text: string
  readonly signature: string
}

/** A signed stead.yaml that names a source, and who signs documents for that. */
function signedRoom(remote: object) {
  const room = openRoom({ a: sleeper }, { configuration: { debounce: '50ms' }, remote })
  const release = newKey()
  const keys = join(room.directory, 'release.pub')
  writeFileSync(keys, release.publicPem)
  const sign = (text: string, name: string, sequence: number, { key } = release): Pair => {
    const files = [{ name, bytes: Buffer.from(text) }]
    return { text, signature: signFiles({ files, key, sequence }) }
  }
  const own = sign(readFileSync(room.file, 'utf8'), 'stead.yaml', 1)
  writeFileSync(`${room.file}.sig`, own.signature)
  return {
    ...{ room, keys, release, sign, args: ['--require-signature', keys] },
    signed: (value: string, sequence: number, key = release): Pair =>
      sign(settings(value), 'shop.yaml', sequence, key),
  }
}

function newKey() {
  const { privatePem, publicPem } = newSigningKeys()
  const key = parsePrivateKey(privatePem, 'a new key')
  if ('problem' in key) throw new Error(key.problem)
  return { key, publicPem, privatePem }
}

/** @param timeout half of it is how long the other half of a pair is waited for */
async function etcdRoom(timeout = '2s') {
  const etcd = await startEtcd()
  onTestFinished(etcd.close)
  const made = signedRoom({
    etcd: { endpoints: [etcd.endpoint], key: KEY },
    timeout,
  })
  return {
    ...{ etcd, ...made, name: `etcd ${etcd.endpoint} ${KEY}` },
    async put({ text, signature }: Pair) {
      await etcd.put(KEY, text)
      await etcd.put(`${KEY}.sig`, signature)
    },
  }
}

test('a start with a document of etcd that is not signed says what to do, and takes what was signed', async () => {
  const { etcd, room, args, name, put, signed } = await etcdRoom()
  await etcd.put(KEY, settings('one'))
  const unsigned = await room.stead('up', ...args)
  expect(unsigned.code).toBe(6)
  expect(unsigned.stderr).toContain(`${name} (revision 2) is refused: it is not signed`)
  expect(unsigned.stderr).toContain(`etcdctl put ${KEY}.sig < shop.yaml.sig`)
  await put(signed('one', 5))
  await room.up({ args })
  await has(room, 'one')
})

test('what is altered, signed by others, unsigned or gone is refused with the reason', async () => {
  const { etcd, room, args, put, signed } = await etcdRoom()
  await put(signed('one', 5))
  await room.up({ args })
  await has(room, 'one')
  await etcd.put(KEY, settings('evil'))
  await isRefused(room, 'shop.yaml was changed after it was signed')
  const asked = await room.stead('apply')
  expect(asked).toMatchObject({ code: 6 })
  expect(asked.stderr).toMatch(/SIGNATURE_REFUSED: etcd .* is refused: shop\.yaml was changed/)
  await put(signed('three', 7, newKey()))
  await isRefused(room, 'which is not trusted here')
  await etcd.remove(`${KEY}.sig`)
  await isRefused(room, 'it is not signed')
  await etcd.remove(KEY)
  const gone = async () => (await room.status()).guard.remote?.trouble
  await until('that it is gone is told', async () => (await gone()) === 'it has nothing any more')
  expect((await room.stead('status')).stdout).toContain('it has nothing any more')
  expect(room.programs('a').map(({ environment }) => environment.VALUE)).toEqual(['one'])
  await put(signed('two', 8))
  await has(room, 'two')
  await until('the refusal is over', async () => (await refusedBy(room)) === '')
})

test('what was signed once is not taken for ever, neither by itself nor when somebody asks', async () => {
  const { room, args, put, signed } = await etcdRoom()
  const first = signed('one', 5)
  await put(first)
  await room.up({ args })
  await has(room, 'one')
  await put(signed('two', 6))
  await has(room, 'two')
  const reason = 'it is version 5, and 6 was accepted before'
  await put(first)
  await isRefused(room, reason)
  expect(await room.stead('apply')).toMatchObject({
    code: 6,
    stderr: expect.stringContaining(reason),
  })
  const told = (await room.events()).flatMap((event) => (event.type === 'guard' ? event.text : []))
  expect(told.filter((text) => text.includes(reason))).toHaveLength(1)
  // The guard's own history is another matter: who asks is known.
  expect((await room.stead('config', 'rollback', '1')).code).toBe(0)
  await has(room, 'one')
  expect(await room.stead('apply')).toMatchObject({ code: 6 })
  await put(signed('three', 7))
  await has(room, 'three')
})

test('one half of a pair alarms nobody when the other follows', async () => {
  const { room, etcd, args, put, signed } = await etcdRoom('30s')
  await put(signed('one', 1))
  await room.up({ args })
  await has(room, 'one')
  for (const [index, value] of ['two', 'three'].entries()) {
    const next = signed(value, index + 2)
    const halves = [() => etcd.put(KEY, next.text), () => etcd.put(`${KEY}.sig`, next.signature)]
    if (index > 0) halves.reverse()
    for (const half of halves) await half()
    await has(room, value)
  }
  expect(JSON.stringify(await room.events())).not.toContain('is refused')
})

test('the copy of what was good last is verified again before a start takes it', async () => {
  const { room, etcd, args, put, signed } = await etcdRoom()
  await put(signed('one', 1))
  const first = await room.up({ args })
  await has(room, 'one')
  const copies = join(room.home, 'state', 'remote')
  const copy = await until('the copy is there', () => {
    const found = existsSync(copies) ? readdirSync(copies) : []
    const name = found.find((one) => /^[0-9a-f]{32}$/.test(one))
    return name === undefined ? null : join(copies, name)
  })
  const old = readFileSync(copy)
  await put(signed('two', 2))
  await has(room, 'two')
  await room.stead('down')
  await first.ended
  await etcd.kill()
  const second = await room.up({ args })
  await has(room, 'two')
  await room.stead('down')
  await second.ended
  // Whoever changes it knows how its digest is made.
  const [, body = ''] = readFileSync(copy, 'utf8').split('\n')
  const evil = body.replace('two', 'evil')
  const digest = createHash('sha256').update(evil).digest('hex')
  writeFileSync(copy, `stead-remote-v1 ${digest}\n${evil}\n`)
  const tampered = await room.stead('up', ...args)
  expect(tampered.code).toBe(6)
  expect(tampered.stderr).toMatch(/ECONNREFUSED.*shop\.yaml was changed after it was signed/)
  writeFileSync(copy, old)
  const older = await room.stead('up', ...args)
  expect(older.stderr).toContain('it is version 1, and 2 was accepted before')
  // It says the old one as well: nothing is there that could be taken.
  await etcd.start()
  await put(signed('one', 1))
  expect((await room.stead('up', ...args)).stderr).toContain('it is version 1, and 2 was accepted')
  await put(signed('three', 3))
  await room.up({ args })
  await has(room, 'three')
})

test('where the source says nothing that is signed, a start takes the copy, and says why', async () => {
  const { room, etcd, args, put, signed } = await etcdRoom()
  await put(signed('one', 1))
  const first = await room.up({ args })
  await has(room, 'one')
  await room.stead('down')
  await first.ended
  await etcd.put(KEY, settings('evil'))
  await room.up({ args })
  await has(room, 'one')
  await isRefused(room, 'shop.yaml was changed after it was signed')
})

test('what a change on trial has broken goes back to what was signed before it', async () => {
  const { room, args, put, sign, signed } = await etcdRoom()
  await put(signed('one', 1))
  const guard = await room.up({ args })
  await has(room, 'one')
  const text = 'services: { a: { command: ["sh", "-c", "sleep 0.2; exit 3"] } }\n'
  await put(sign(text, 'shop.yaml', 2))
  await until('it is taken back', async () => {
    const { stdout } = await room.stead('config', 'history', '--json')
    return stdout.includes('rolled-back')
  })
  await has(room, 'one')
  await room.stead('down')
  await guard.ended
  // What was taken back may be put there again as it was.
  await put(signed('one', 1))
  await room.up({ args })
  await has(room, 'one')
})

test('settings below a prefix cannot be signed, and it is said what can', async () => {
  const endpoints = ['http://127.0.0.1:1']
  const { room, args } = signedRoom({ etcd: { endpoints, prefix: '/stead/' } })
  const refused = await room.stead('up', ...args)
  expect(refused.code).toBe(6)
  expect(refused.stderr).toContain('settings below a prefix cannot be signed')
  expect(refused.stderr).toContain('name its key instead of a prefix')
})

test('a document that nginx has is signed and verified by the command line, for its own place alone', async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/shop/shop.yaml`
  const { room, keys, release, args, signed } = signedRoom({ http: { url, poll: '100ms' } })
  const served = await nginx(room, port)
  served.put('shop/shop.yaml', settings('one'))
  const verify = () => room.stead('config', 'verify', '--remote', url, '--key', keys)
  const unsigned = await verify()
  expect(unsigned).toMatchObject({ code: 6, stderr: expect.stringContaining('it is not signed') })
  expect(unsigned.stderr).toContain('then upload shop.yaml and shop.yaml.sig')
  const key = join(room.directory, 'release')
  writeFileSync(key, release.privatePem, { mode: 0o600 })
  const document = join(room.directory, 'local.yaml')
  writeFileSync(document, settings('one'))
  const sign = async (as: string) => {
    const sequence = ['--sequence', '1']
    const done = await room.stead('config', 'sign', document, '--key', key, '--as', as, ...sequence)
    expect(done).toMatchObject({ code: 0 })
    served.put('shop/shop.yaml.sig', readFileSync(`${document}.sig`, 'utf8'))
  }
  await sign('billing/shop.yaml')
  expect((await verify()).stderr).toContain('shop.yaml is not among the files that were signed')
  await sign('/shop/shop.yaml')
  expect((await verify()).stdout).toMatch(/shop\.yaml \(ETag .*\) is signed, version 1\n$/)
  await room.up({ args })
  await has(room, 'one')
  const put = ({ text, signature }: Pair): void => {
    served.put('shop/shop.yaml', text)
    served.put('shop/shop.yaml.sig', signature)
  }
  put(signed('two', 2))
  await has(room, 'two')
  put(signed('one', 1))
  await isRefused(room, 'it is version 1, and 2 was accepted before')
  put(signed('three', 3))
  await has(room, 'three')
})

/** A real nginx that serves what is put into a directory. */
async function nginx(room: Room, port: number) {
  const root = join(room.directory, 'www')
  const conf = join(room.directory, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${room.directory}/${kind};`,
  )
  const server = `server { listen 127.0.0.1:${port}; root ${root}; etag on; }`
  writeFileSync(
    conf,
    [
      `daemon off; master_process off; pid ${room.directory}/nginx.pid;`,
      `events {} http { access_log off; ${temporary.join(' ')} ${server} }`,
    ].join('\n'),
  )
  mkdirSync(join(root, 'shop'), { recursive: true })
  const started = startProcess(
    ['/usr/sbin/nginx', '-c', conf, '-e', join(room.directory, 'nginx.log')],
    {
      cwd: room.directory,
    },
  )
  onTestFinished(async () => {
    await started.kill()
  })
  await until('nginx answers', () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    ),
  )
  return {
    put: (path: string, text: string): void => writeFileSync(join(root, path), text),
  }
}
