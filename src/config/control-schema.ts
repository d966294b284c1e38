import { resolve } from 'node:path'
import * as z from 'zod'
import type { AccessRule } from '../model/access.ts'
import { type ControlTcpSpec, certificateIdentity, tokenIdentity } from '../model/control-tcp.ts'
import { isLoopback } from '../model/loopback.ts'
import type { ProgramSpec } from '../model/program-spec.ts'
import { role, scopeProblems, scopeShape } from './access-schema.ts'
import { described } from './described.ts'
import type { GuardSettings } from './guard-schema.ts'
import { listen } from './listen-address.ts'
import { line, path } from './setting-values.ts'
import type { FileProblem } from './source/config-source.ts'

/** More are no list that a person keeps. */
const MAX_IDENTITIES = 100

const identity = line
  .min(1, 'it is empty')
  .max(64)
  .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, 'it has a character that is not plain ASCII')
const host = line.regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'it is no host name')

const tcpSchema = z.strictObject({
  listen: listen.meta({
    description: 'the address of this machine, and the port; of a port alone it is 127.0.0.1',
    example: '127.0.0.1:7878',
  }),
  hosts: described(
    z.array(host).min(1).max(MAX_IDENTITIES),
    'names by which it is asked for, beside addresses and localhost: a request under another name is refused',
    { example: '[guard.example]' },
  ),
  tls: described(
    z.strictObject({
      cert: path.meta({ description: 'the certificate, PEM', example: './guard.crt' }),
      key: path.meta({ description: 'its key, PEM', example: './guard.key' }),
      clientCa: described(path, 'who signs the certificates that clients may show, PEM', {
        example: './clients.crt',
      }),
    }),
    'needed where the address is not 127.0.0.1 or another of the loopback',
  ),
  tokens: described(
    z
      .array(
        z.strictObject({
          name: identity.meta({
            description: 'what the audit log calls who shows it',
            example: 'ci',
          }),
          file: path.meta({
            description: 'a file with the token, which nobody but its owner may read',
            example: '/etc/stead/ci.token',
          }),
          role,
          ...scopeShape,
        }),
      )
      .max(MAX_IDENTITIES),
    'who shows a token (Authorization: Bearer), and what it may do',
  ),
  certificates: described(
    z
      .array(
        z.strictObject({
          name: identity.meta({
            description: 'the common name of the subject of a certificate',
            example: 'monitor',
          }),
          role,
          ...scopeShape,
        }),
      )
      .max(MAX_IDENTITIES),
    'who shows a certificate that clientCa has signed, and what it may do',
  ),
})

export const controlSchema = z.strictObject({
  tcp: described(tcpSchema, 'over TCP as well, for those who show a token or a certificate'),
})

type Settings = Pick<GuardSettings, 'control'>

export function controlTcpOf({ control }: Settings, directory: string): ControlTcpSpec | null {
  const tcp = control?.tcp
  if (tcp === undefined) return null
  const { listen: address, hosts = [], tls, tokens = [] } = tcp
  const at = (file: string): string => resolve(directory, file)
  return {
    ...address,
    names: hosts.map((name) => name.toLowerCase()),
    tls:
      tls === undefined
        ? null
        : {
            cert: at(tls.cert),
            key: at(tls.key),
            clientCa: tls.clientCa === undefined ? null : at(tls.clientCa),
          },
    tokens: tokens.map(({ name, file }) => ({ name, file: at(file) })),
  }
}

/** What those who come over TCP may do, as rules like all others. */
export function tcpRulesOf({ control }: Settings): readonly AccessRule[] {
  const { tokens = [], certificates = [] } = control?.tcp ?? {}
  const ruleOf = (
    { role, services = [], labels = {} }: (typeof certificates)[number],
    identity: string,
  ): AccessRule => ({ role, users: [], groups: [], identities: [identity], services, labels })
  return [
    ...tokens.map((one) => ruleOf(one, tokenIdentity(one.name))),
    ...certificates.map((one) => ruleOf(one, certificateIdentity(one.name))),
  ]
}

export function controlProblems(
  settings: GuardSettings,
  services: ReadonlyMap<string, ProgramSpec>,
): FileProblem[] {
  const tcp = settings.control?.tcp
  if (tcp === undefined) return []
  const problems: FileProblem[] = []
  const say = (where: string, message: string): void => {
    problems.push({ path: ['control', 'tcp', where], message })
  }
  const { listen: address, tls, tokens = [], certificates = [] } = tcp
  if (tls === undefined && !isLoopback(address.host)) {
    say(
      'listen',
      `${address.host} can be reached from other machines; say tls, or listen on 127.0.0.1`,
    )
  }
  if (tokens.length + certificates.length === 0) {
    problems.push({
      path: ['control', 'tcp'],
      message: 'nobody could ask: say tokens or certificates',
    })
  }
  if (certificates.length > 0 && tls?.clientCa === undefined) {
    say('certificates', 'who signs them is not said: tls.clientCa')
  }
  for (const [kind, list] of Object.entries({ tokens, certificates })) {
    list.forEach((one, index) => {
      const path = ['control', 'tcp', kind, index]
      problems.push(...scopeProblems(one, path, settings, services))
      // A certificate may have several roles; whose token it is has to be clear.
      const isTwice = list.findIndex(({ name }) => name === one.name) < index
      if (kind === 'tokens' && isTwice) {
        problems.push({ path: [...path, 'name'], message: `${one.name} is named twice` })
      }
    })
  }
  return problems
}
