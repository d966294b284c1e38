import type { PackSpec } from '../../model/pack-spec.ts'
import type { PackTool } from '../../model/staged-product.ts'

/** What signing for Windows takes on the machine that packs. */
export const SIGNING_TOOLS: readonly PackTool[] = [
  { executable: 'osslsigncode', debianPackage: 'osslsigncode' },
  { executable: 'openssl', debianPackage: 'openssl' },
]

type Signing = NonNullable<PackSpec['signing']>

/** Where the key is: a file with its certificates (PKCS #12), or a token by its URI (RFC 7512). */
export function keyWords({ certificate }: Pick<Signing, 'certificate'>): readonly string[] {
  if (!certificate.startsWith('pkcs11:')) return ['-pkcs12', certificate]
  const [uri = '', query = ''] = certificate.split('?', 2)
  const module = new URLSearchParams(query).get('module-path')
  return [...(module === null ? [] : ['-pkcs11module', module]), '-pkcs11cert', uri, '-key', uri]
}

/**
 * Arguments of osslsigncode(1) that sign `from` into `to`, with SHA-256 and, where an authority is named, a time stamp of
 * RFC 3161. The password is read from standard input: command lines can be read by every user of a machine.
 */
export function signWords(spec: PackSpec, signing: Signing, from: string, to: string): string[] {
  return [
    'sign',
    ...keyWords(signing),
    '-readpass',
    '-',
    '-h',
    'sha256',
    '-n',
    spec.displayName,
    ...(spec.homepage === null ? [] : ['-i', spec.homepage]),
    ...(signing.timestamp === null ? [] : ['-ts', signing.timestamp]),
    '-in',
    from,
    '-out',
    to,
  ]
}

/**
 * Arguments that verify a signature: that it is of exactly this certificate, and of exactly these bytes. A time stamp was
 * checked as it came; whether its authority is known is a matter of each machine.
 *
 * @param leaf SHA-256 of the certificate, in hexadecimal digits; null where it is on a token
 * @param roots a file of certificates in PEM, out of which a chain has to be made
 */
export function verifyWords(file: string, leaf: string | null, roots: string): string[] {
  const exactly = leaf === null ? [] : ['-require-leaf-hash', `sha256:${leaf}`]
  return ['verify', '-in', file, '-CAfile', roots, '-ignore-timestamp', ...exactly]
}

/** Why signing failed, in words that name what to do, out of what osslsigncode has said. */
export function reasonOf(said: string, { timestamp, certificate }: Signing): string {
  if (/PKCS#12|mac verify failure/i.test(said)) return `the password of ${certificate} is wrong`
  if (/timestamp|TSA|curl|HTTP|connect/i.test(said) && timestamp !== null)
    return `${timestamp} gave no time stamp: ${lastLine(said)}`
  return lastLine(said)
}

function lastLine(said: string): string {
  const lines = said.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '' && line !== 'Failed').at(-1) ?? 'it said nothing'
}
