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
 * RFC 3161. The password is read from a file: command lines can be read by every user of a machine.
 *
 * @param password the file that is read for it; `-` for standard input
 */
export function signWords(
  { displayName, homepage }: Pick<PackSpec, 'displayName' | 'homepage'>,
  signing: PackSigning,
  { from, to, password }: { readonly from: string; readonly to: string; readonly password: string },
): string[] {
  return [
    'sign',
    ...keyWords(signing),
    '-readpass',
    password,
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

/** What an osslsigncode can do that others cannot. */
export interface SigningTool {
  /** Whether `-readpass -` is standard input, as from 2.9 on; else a password comes through a FIFO. */
  readonly readsInput: boolean
  /**
   * Whether it can leave lists of revoked certificates alone, as from 2.9 on. 2.5 fetches none; 2.6 to 2.8 fetch them
   * at each verification (NEWS.md of osslsigncode, and its source of these versions).
   */
  readonly ignoresLists: boolean
}

/** Without these a signature cannot be verified as it is here. */
const NEEDED = ['-CAfile', '-TSA-CAfile', '-ignore-timestamp', '-require-leaf-hash', '-time']

/**
 * What this osslsigncode can do, out of what it says of itself; a sentence that says why it will not do.
 *
 * @param sign said by `osslsigncode sign --help`
 * @param verify said by `osslsigncode verify --help`
 */
export function signingTool(
  sign: string,
  verify: string,
  platform: NodeJS.Platform,
): SigningTool | string {
  const options = new Set(verify.match(/^-[\w-]+/gm))
  const missing = NEEDED.find((option) => !options.has(option))
  if (missing !== undefined)
    return `osslsigncode verifies without ${missing}; that of 2.5 or newer has it`
  const readsInput = sign.includes('use "-" with readpass')
  if (!readsInput && platform === 'win32')
    return 'osslsigncode reads no password from standard input; that of 2.9 or newer does'
  return { readsInput, ignoresLists: options.has('-ignore-crl') }
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
 * @param ignoreLists whether lists of revoked certificates are left alone, by a tool that can do so
 */
export function verifyWords(
  file: string,
  leaf: Leaf,
  roots: string,
  stampRoots: string | null,
  ignoreLists: boolean,
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
    ...(ignoreLists ? ['-ignore-crl'] : []),
    ...(stampRoots === null
      ? ['-ignore-timestamp']
      : ['-TSA-CAfile', stampRoots, '-time', `${later}`]),
  ]
}
