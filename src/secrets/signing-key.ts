import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'

/** An Ed25519 key (RFC 8032), by the id that signatures name it by. */
export interface SigningKey {
  /** Eight hexadecimal digits of the SHA-256 of the public key. */
  readonly id: string
  readonly key: KeyObject
}

type Problem = { readonly problem: string }

/** A new pair as PEM: PKCS #8 and SubjectPublicKeyInfo (RFC 8410), as openssl has them. */
export function newSigningKeys(): { readonly privatePem: string; readonly publicPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return { privatePem: privateKey, publicPem: publicKey }
}

/** @returns the problem instead; never a part of the key */
export function parsePrivateKey(pem: string, source: string): SigningKey | Problem {
  return parsed(pem, source, 'private', createPrivateKey)
}

/** Reads every public key of a file. @returns the problem instead */
export function parsePublicKeys(
  pem: string,
  source: string,
): ReadonlyMap<string, SigningKey> | Problem {
  const blocks = pem.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? []
  const keys = new Map<string, SigningKey>()
  for (const block of blocks) {
    if (!block.startsWith('-----BEGIN PUBLIC KEY-----'))
      return { problem: `${source} has something in it that is no public key` }
    const key = parsed(block, source, 'public', createPublicKey)
    if ('problem' in key) return key
    keys.set(key.id, key)
  }
  return keys.size === 0 ? { problem: `${source} has no public key in it` } : keys
}

function parsed(
  pem: string,
  source: string,
  kind: 'private' | 'public',
  read: (pem: string) => KeyObject,
): SigningKey | Problem {
  let key: KeyObject
  try {
    key = read(pem)
  } catch {
    return { problem: `${source} has no ${kind} key in it that can be read without a password` }
  }
  if (key.asymmetricKeyType !== 'ed25519')
    return {
      problem: `${source} is a key for ${key.asymmetricKeyType}; Ed25519 is what signs here`,
    }
  return { id: idOf(key), key }
}

function idOf(key: KeyObject): string {
  const half = key.type === 'private' ? createPublicKey(key) : key
  const der = half.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest('hex').slice(0, 8)
}
