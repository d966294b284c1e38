import { resolve } from 'node:path'
import * as z from 'zod'
import { leadsHere } from '../model/loopback.ts'
import type { RemoteSecret, RemoteSpec, RemoteTls } from '../model/remote-spec.ts'
import { isSecretName } from '../model/secret-names.ts'
import { described } from './described.ts'
import { settingPath } from './layers/named-values.ts'
import { truth } from './program-values.ts'
import { line, path, positiveDuration } from './setting-values.ts'
import { formatOf } from './source/read-source.ts'

const TIMEOUT = 5_000
const POLL = 30_000
const MAX_ENDPOINTS = 16
const MAX_ALLOWED = 100

/** What a guard's remote source may say: what runs, and not who may speak with the guard. */
export const REMOTE_SETTINGS: readonly (readonly string[])[] = [
  ['services'],
  ['groups'],
  ['defaults'],
]

const address = z
  .string()
  .superRefine((value, context) => {
    const problem = addressProblem(value)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
  })
  .meta({ title: 'address' })

const secretShape = (what: string, name: string) => ({
  [`${name}File`]: described(path, `a file with the ${what}, for its owner alone (chmod 600)`, {
    example: `./remote.${name}`,
  }),
  [`${name}Env`]: described(line, `the variable with the ${what}`, { example: 'REMOTE_SECRET' }),
  [`${name}Credential`]: described(
    line.regex(/^[A-Za-z0-9_.-]+$/, 'it is no name of a credential'),
    `the credential of systemd with the ${what} (LoadCredential=)`,
    { example: 'remote' },
  ),
})

const password = secretShape('password', 'password') as {
  passwordFile: z.ZodOptional<typeof path>
  passwordEnv: z.ZodOptional<typeof line>
  passwordCredential: z.ZodOptional<typeof line>
}
const token = secretShape('token', 'token') as {
  tokenFile: z.ZodOptional<typeof path>
  tokenEnv: z.ZodOptional<typeof line>
  tokenCredential: z.ZodOptional<typeof line>
}

const keys = (example: string) => ({
  key: described(line.min(1, 'it is empty'), 'the key that has a document with settings', {
    example: `${example}.yaml`,
  }),
  prefix: described(
    line.min(1, 'it is empty'),
    'instead of key: every key that begins so is one setting, with "/" between its names, as services/web/env/PORT',
    { example: `${example}/` },
  ),
})

const httpSchema = z.strictObject({
  url: address.meta({
    description: 'the document with settings; it may not send one elsewhere',
    example: 'https://config.example/shop.yaml',
  }),
  user: described(line, 'with it the token is a password (Basic); without it, Bearer', {
    example: 'shop',
  }),
  ...token,
  poll: described(positiveDuration, 'it is asked so often whether it has changed', {
    example: '1m',
    fallback: '30s',
  }),
})

const etcdSchema = z.strictObject({
  endpoints: z.array(address).min(1).max(MAX_ENDPOINTS).meta({
    description: 'members of the cluster',
    example: '[https://10.0.0.1:2379, https://10.0.0.2:2379]',
  }),
  ...keys('/stead/shop'),
  user: described(line, 'who asks', { example: 'shop' }),
  ...password,
})

const consulSchema = z.strictObject({
  address: address.meta({ description: 'an agent or server', example: 'http://127.0.0.1:8500' }),
  ...keys('stead/shop'),
  datacenter: described(line, 'another datacenter than that of the agent', { example: 'eu1' }),
  ...token,
})

export const remoteSchema = z
  .strictObject({
    http: described(httpSchema, 'an HTTP server'),
    etcd: described(etcdSchema, 'etcd, version 3'),
    consul: described(consulSchema, 'the key-value store of Consul'),
    tls: described(
      z.strictObject({
        ca: described(path, 'who has signed the certificate of the other side, PEM', {
          example: './ca.crt',
        }),
        cert: described(path, 'the certificate that is shown to it, PEM', {
          example: './client.crt',
        }),
        key: described(path, 'the key of that, PEM', { example: './client.key' }),
      }),
      'files for https',
    ),
    format: described(
      z.enum(['yaml', 'json', 'jsonc', 'toml']),
      'how a document is written; without it the ending of its name says so, or else it is yaml',
      { example: 'json' },
    ),
    timeout: described(positiveDuration, 'time that one answer may take', {
      example: '2s',
      fallback: '5s',
    }),
    watch: described(truth, 'its changes are taken over as they happen, on trial', {
      example: 'false',
      fallback: 'true',
    }),
    optional: described(
      truth,
      'it may have nothing, and a first start without it is none that fails',
      { example: 'true', fallback: 'false' },
    ),
    allow: described(
      z.array(line).min(1).max(MAX_ALLOWED),
      'the settings that it may say, with "*" for any name; without it services, groups and defaults',
      { example: '["services.*.env", services.web.instances]' },
    ),
    plain: described(
      truth,
      'allows http:// to another machine, where everybody on the way reads it',
      {
        example: 'true',
        fallback: 'false',
      },
    ),
  })
  .superRefine((value, context) => {
    for (const { at, message } of remoteProblems(value))
      context.addIssue({ code: 'custom', path: at, message })
  })

type Settings = z.output<typeof remoteSchema>

/** What `--remote` and STEAD_REMOTE say: an address, with its store before it, or the path of a file. */
export const remoteSetting = path.superRefine((value, context) => {
  if (!isRemoteAddress(value)) return
  const problem = addressProblem(value.replace(/^(etcd|consul)\+/, ''))
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})

/** Whether it is an address, and not a file that describes a source. */
export function isRemoteAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
}

/** What is wrong with an address as such; null for a good one. */
export function addressProblem(value: string): string | null {
  const url = URL.canParse(value) ? new URL(value) : null
  if (url === null || !/^https?:$/.test(url.protocol) || /\s/.test(value))
    return 'it is not an address such as "https://config.example"'
  if (url.username !== '' || url.password !== '')
    return 'a password does not belong in an address, which everybody may see: say a file, a variable or a credential'
  if ([...url.searchParams.keys()].some(isSecretName))
    return 'a secret does not belong in an address, which everybody may see: say a file, a variable or a credential'
  return url.hash === '' ? null : 'a "#" is never sent'
}

interface Problem {
  readonly at: PropertyKey[]
  readonly message: string
}

function remoteProblems(value: Settings): Problem[] {
  const kinds = (['http', 'etcd', 'consul'] as const).filter((kind) => value[kind] !== undefined)
  if (kinds.length !== 1) {
    const said = kinds.length === 0 ? 'it needs one of' : 'there can be one only of'
    return [{ at: [], message: `${said} http, etcd and consul` }]
  }
  const [kind] = kinds as ['http' | 'etcd' | 'consul']
  const store = value.etcd ?? value.consul
  const problems: Problem[] = []
  if (store !== undefined && (store.key === undefined) === (store.prefix === undefined))
    problems.push({ at: [kind], message: 'it needs key or prefix, one of them' })
  if (store?.prefix !== undefined && value.format !== undefined)
    problems.push({ at: ['format'], message: 'with a prefix each key is one setting' })
  const secrets = Object.keys(value[kind] ?? {}).filter((name) => /^(password|token)/.test(name))
  if (secrets.length > 1)
    problems.push({ at: [kind, secrets[1] as string], message: `there is ${secrets[0]} already` })
  if (value.etcd !== undefined && (value.etcd.user === undefined) !== (secrets.length === 0))
    problems.push({ at: ['etcd'], message: 'user and a password belong together' })
  if (value.plain !== true)
    for (const { at, text } of addressesOf(value))
      if (isOpen(text)) {
        const message =
          'everybody on the way reads what http:// sends; use https://, or say plain: true'
        problems.push({ at, message })
      }
  if ((value.tls?.cert === undefined) !== (value.tls?.key === undefined))
    problems.push({ at: ['tls'], message: 'cert and key belong together' })
  ;(value.allow ?? []).forEach((text, index) => {
    const path = settingPath(text)
    if (path === null)
      problems.push({ at: ['allow', index], message: 'it is no name of a setting' })
  })
  return problems
}

function addressesOf(value: Settings): { at: PropertyKey[]; text: string }[] {
  const { http, etcd, consul } = value
  if (http !== undefined) return [{ at: ['http', 'url'], text: http.url }]
  if (consul !== undefined) return [{ at: ['consul', 'address'], text: consul.address }]
  return (etcd?.endpoints ?? []).map((text, index) => ({ at: ['etcd', 'endpoints', index], text }))
}

/** Whether others can read what is sent there: http, and not to this machine. */
function isOpen(text: string): boolean {
  if (addressProblem(text) !== null) return false
  const url = new URL(text)
  return url.protocol === 'http:' && !leadsHere(url)
}

/** @param directory that relative paths are meant from */
export function remoteOf(
  value: Settings,
  directory: string,
  allow: RemoteSpec['allow'] = REMOTE_SETTINGS,
): RemoteSpec {
  const whole = (file: string | undefined): string | null =>
    file === undefined ? null : resolve(directory, file)
  const secretOf = (
    file: string | undefined,
    env: string | undefined,
    credential: string | undefined,
  ): RemoteSecret => ({ file: whole(file), env: env ?? null, credential: credential ?? null })
  const { http, etcd, consul, tls } = value
  const common = {
    format: value.format ?? formatOf(nameOf(value)),
    tls: { ca: whole(tls?.ca), cert: whole(tls?.cert), key: whole(tls?.key) } satisfies RemoteTls,
    timeout: value.timeout ?? TIMEOUT,
    watch: value.watch ?? true,
    optional: value.optional ?? false,
    allow: value.allow?.map((text) => settingPath(text) as readonly string[]) ?? allow,
  }
  if (http !== undefined) {
    const secret = secretOf(http.tokenFile, http.tokenEnv, http.tokenCredential)
    const { url, user = null, poll = POLL } = http
    return { ...common, kind: 'http', url, user, secret, poll }
  }
  if (etcd !== undefined) {
    const secret = secretOf(etcd.passwordFile, etcd.passwordEnv, etcd.passwordCredential)
    const { endpoints, user = null } = etcd
    return { ...common, kind: 'etcd', endpoints, key: keyOf(etcd), user, secret }
  }
  const { address: at, datacenter = null, ...rest } = consul as NonNullable<typeof consul>
  const secret = secretOf(rest.tokenFile, rest.tokenEnv, rest.tokenCredential)
  return { ...common, kind: 'consul', address: at, key: keyOf(rest), datacenter, secret }
}

/** With what a name ends says how a document is written, as with files. */
function nameOf({ http, etcd, consul }: Settings): string {
  return http === undefined ? (etcd?.key ?? consul?.key ?? '') : new URL(http.url).pathname
}

function keyOf({ key, prefix }: { key?: string | undefined; prefix?: string | undefined }) {
  return { name: key ?? (prefix as string), prefix: key === undefined }
}
