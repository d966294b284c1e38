import type { PackSigning, PackSpec } from '../../model/pack-spec.ts'
import type { PackTool } from '../../model/staged-product.ts'
import { isOnToken, tokenKey } from './pkcs11-uri.ts'

/** What signing for Windows takes on the machine that packs. */
export const SIGNING_TOOLS: readonly PackTool[] = [
  { executable: 'osslsigncode', debianPackage: 'osslsigncode' },
  { executable: 'openssl', debianPackage: 'openssl' },
]

/** Where the key is: a file with its certificates (PKCS #12), or a token by its URI (RFC 7512). */
export function keyWords({ certificate }: Pick<PackSigning, 'certificate'>): readonly string[] {
  if (!isOnToken(certificate)) return ['-pkcs12', certificate]
  const key = tokenKey(certificate)
  if ('problem' in key) return []
  return ['-pkcs11module', key.module, '-pkcs11cert', key.uri, '-key', key.uri]
}

/**
 * Arguments of osslsigncode(1) that sign `from` into `to`, with SHA-256 and, where an authority is named, a time stamp of
 * RFC 3161. The password is read from standard input: command lines can be read by every user of a machine.
 */
export function signWords(
  { displayName, homepage }: Pick<PackSpec, 'displayName' | 'homepage'>,
  signing: PackSigning,
  from: string,
  to: string,
): string[] {
  return [
    'sign',
    ...keyWords(signing),
    '-readpass',
    '-',
    ...(signing.chain === null ? [] : ['-ac', signing.chain]),
    '-h',
    'sha256',
    '-n',
    displayName,
    ...(homepage === null ? [] : ['-i', homepage]),
    ...(signing.timestamp === null ? [] : ['-ts', signing.timestamp]),
    '-in',
    from,
    '-out',
    to,
  ]
}

/** With this one it reads a password from standard input, and can leave lists of revoked certificates alone. */
const LEAST_VERSION = [2, 9] as const

/**
 * Why this osslsigncode will not do; null for one that does.
 *
 * @param said by `osslsigncode --version`: `osslsigncode 2.9, using:` and more
 */
export function versionProblem(said: string): string | null {
  const [, major, minor] = /^osslsigncode (\d+)\.(\d+)/m.exec(said) ?? []
  if (major === undefined) return 'osslsigncode does not say its version'
  const newer = Number(major) - LEAST_VERSION[0] || Number(minor) - LEAST_VERSION[1]
  if (newer >= 0) return null
  return `osslsigncode ${major}.${minor} reads no password from standard input; ${LEAST_VERSION.join('.')} does, which Debian 12 has in bookworm-backports`
}

/** The certificate that signs. */
export interface Leaf {
  /** SHA-256 of the certificate, in hexadecimal digits. */
  readonly sha256: string
  /** The last moment of its time. */
  readonly until: Date
}

/** Of a day, in seconds. */
const DAY = 24 * 3600

/**
 * Arguments that verify a signature: that it is of exactly this certificate, of exactly these bytes, and that its chain ends
 * in a root.
 *
 * osslsigncode ends with 0 for a signature whose time stamp it cannot verify. Asked about the day after the certificate
 * has ended it does so only where the stamp holds: by an authority whose chain ends in a root. That is what a stamp is for.
 *
 * @param roots a file of certificates in PEM, out of which a chain has to be made
 * @param stampRoots the same for the authority of the time stamp; null for no time stamp
 * @param revocation whether lists of revoked certificates are fetched, where certificates name them
 */
export function verifyWords(
  file: string,
  leaf: Leaf,
  roots: string,
  stampRoots: string | null,
  revocation: boolean,
): string[] {
  const later = Math.floor(leaf.until.getTime() / 1000) + DAY
  return [
    'verify',
    '-in',
    file,
    '-CAfile',
    roots,
    '-require-leaf-hash',
    `sha256:${leaf.sha256}`,
    ...(revocation ? [] : ['-ignore-crl']),
    ...(stampRoots === null
      ? ['-ignore-timestamp']
      : ['-TSA-CAfile', stampRoots, '-time', `${later}`]),
  ]
}
