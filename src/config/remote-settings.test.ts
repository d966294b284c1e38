import { expect, test } from 'vitest'
import { isSteadError } from '../errors.ts'
import { type ConfigFiles, noConfigFiles } from '../model/ports/config-files.ts'
import { remoteName } from '../model/remote-spec.ts'
import { loadGuardFile } from './guard-file.ts'
import { remoteLayer } from './layers/remote-layer.ts'
import { remoteAtAddress } from './remote-address.ts'
import { REMOTE_SETTINGS, remoteSetting } from './remote-schema.ts'
import { remoteInFile, remoteInOwnFile } from './remote-settings.ts'

const ask = (text: string, set: readonly string[] = []) =>
  remoteInFile(
    {
      path: '/etc/shop/stead.yaml',
      shownAs: 'stead.yaml',
      text,
      env: { CLUSTER: 'c1' },
      profiles: [],
      set,
    },
    noConfigFiles,
  )

function problemsOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (isSteadError(error)) return error.message
    throw error
  }
  throw new Error('it was taken')
}

test('a stead.yaml names its remote source, with variables, and paths from its directory', () => {
  const spec = ask(`remote:
  etcd:
    endpoints: ["https://\${CLUSTER}.example:2379", "https://127.0.0.1:2379"]
    key: /stead/shop.yaml
    user: shop
    passwordFile: ./etcd.password
  tls: { ca: ./ca.crt }
`)
  expect(spec).toMatchObject({
    kind: 'etcd',
    endpoints: ['https://c1.example:2379', 'https://127.0.0.1:2379'],
    key: { name: '/stead/shop.yaml', prefix: false },
    secret: { file: '/etc/shop/etcd.password', env: null, credential: null },
    tls: { ca: '/etc/shop/ca.crt' },
    timeout: 5_000,
    watch: true,
    optional: false,
    allow: REMOTE_SETTINGS,
  })
  expect(remoteName(spec as NonNullable<typeof spec>)).toBe(
    'etcd https://c1.example:2379,https://127.0.0.1:2379 /stead/shop.yaml',
  )
})

test('without remote there is none, and the command line can say another key', () => {
  expect(ask('services: {}')).toBeNull()
  const text = 'remote: { consul: { address: "http://127.0.0.1:8500", prefix: shop/ } }'
  expect(ask(text, ['remote.consul.prefix=test/'])).toMatchObject({
    kind: 'consul',
    key: { name: 'test/', prefix: true },
  })
})

test.each([
  ['remote: {}', 'it needs one of http, etcd and consul'],
  ['remote: { http: { url: "ftp://x" } }', 'remote.http.url: it is not an address'],
  [
    'remote: { http: { url: "https://me:hidden@c.example/x" } }',
    'remote.http.url: a password does not belong in an address',
  ],
  [
    'remote: { http: { url: "https://c.example/x?token=hidden" } }',
    'remote.http.url: a secret does not belong in an address',
  ],
  [
    'remote: { http: { url: "http://c.example/x" } }',
    'remote.http.url: everybody on the way reads what http:// sends; use https://, or say plain: true',
  ],
  [
    'remote: { http: { url: "http://127.0.0.1.c.example/x" } }',
    'everybody on the way reads what http:// sends',
  ],
  [
    'remote: { etcd: { endpoints: ["https://c.example"], key: a, prefix: b } }',
    'remote.etcd: it needs key or prefix, one of them',
  ],
  [
    'remote: { etcd: { endpoints: ["https://c.example"], key: a, user: b } }',
    'remote.etcd: user and a password belong together',
  ],
  [
    'remote: { http: { url: "https://c.example/x" }, allow: [access] }',
    'a remote source says nothing but services, groups and defaults',
  ],
  [
    'remote: { http: { url: "https://c.example/x", tokn: a } }',
    'remote.http.tokn: there is no such setting',
  ],
  [`remote: { http: { url: "https://\${NOPE}/x" } }`, 'the variable NOPE is not set'],
])('%s is refused with its place', (text, problem) => {
  const told = problemsOf(() => ask(text))
  expect(told).toContain('stead.yaml:1:')
  expect(told).toContain(problem)
})

test('http to this machine needs no word, to another it needs plain', () => {
  for (const address of ['http://127.0.0.1:8500', 'http://localhost:8500', 'http://[::1]:8500'])
    expect(ask(`remote: { consul: { address: "${address}", key: a } }`)).not.toBeNull()
  expect(ask('remote: { plain: true, http: { url: "http://c.example/x" } }')).not.toBeNull()
})

test('an address on the command line says the whole source', () => {
  const at = (text: string, token = false) => remoteAtAddress(text, token, REMOTE_SETTINGS)
  expect(at('https://c.example/shop.yaml')).toMatchObject({
    kind: 'http',
    url: 'https://c.example/shop.yaml',
    secret: { env: null },
  })
  expect(at('etcd+https://c.example:2379/stead/shop.yaml')).toMatchObject({
    kind: 'etcd',
    endpoints: ['https://c.example:2379/'],
    key: { name: '/stead/shop.yaml', prefix: false },
  })
  expect(at('consul+http://localhost:8500/stead/shop/', true)).toMatchObject({
    kind: 'consul',
    key: { name: 'stead/shop/', prefix: true },
    secret: { env: 'STEAD_REMOTE_TOKEN' },
  })
  for (const wrong of [
    'redis://c.example/x',
    'https://me:hidden@c.example/x',
    'http://c.example/x',
  ])
    expect(problemsOf(() => at(wrong))).not.toContain('hidden')
})

test.each([
  ['etcd+https://10.0.0.1:2379/shop.yaml', true],
  ['./remote.yaml', true],
  ['https://me:hidden@c.example/x', false],
  ['consul+https://c.example/x?token=hidden', false],
  ['redis://c.example/x', false],
])('what an installation says of a source, %s, is good: %s', (text, good) => {
  const parsed = remoteSetting.safeParse(text)
  expect(parsed.success).toBe(good)
  expect(JSON.stringify(parsed.error?.issues ?? [])).not.toContain('hidden')
})

test('a file of its own describes a source as remote in stead.yaml does', () => {
  const disk: ConfigFiles = {
    ...noConfigFiles,
    read: () => ({ text: 'http = { url = "https://c.example/x", tokenFile = "t" }\n' }),
  }
  expect(remoteInOwnFile('/etc/remote.toml', {}, disk, null)).toMatchObject({
    kind: 'http',
    secret: { file: '/etc/t' },
    allow: null,
  })
})

test('what a remote source says is over the file, is checked with it, and is on trial', () => {
  const text = 'services: { web: { command: [sleep, "1"], env: { A: f } } }'
  const read = (said: string) => {
    const made = remoteLayer(
      'etcd',
      { text: said, format: 'yaml', version: 'revision 2', order: 2 },
      REMOTE_SETTINGS,
    )
    if ('problems' in made) throw new Error(made.problems.join('\n'))
    const remote = { layer: made.layer, watched: true }
    return loadGuardFile(
      { path: '/etc/shop/stead.yaml', text, env: {}, profiles: [], remote },
      noConfigFiles,
    )
  }
  const { spec } = read('services: { web: { env: { A: r } } }')
  expect(spec.services[0]?.env).toEqual({ A: 'r' })
  expect(spec.config).toMatchObject({ watch: false, trial: 30_000 })
  expect(problemsOf(() => read('services: { web: { enw: {} } }'))).toMatch(
    /^etcd \(revision 2\):1:20: services\.web\.enw: there is no such setting; did you mean env\?/,
  )
})
