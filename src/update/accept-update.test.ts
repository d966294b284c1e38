import { describe, expect, test } from 'vitest'
import { signFiles } from '../secrets/signature.ts'
import { newSigningKeys, parsePrivateKey } from '../secrets/signing-key.ts'
import { acceptUpdate, type OfferedUpdate, type UpdatedProduct } from './accept-update.ts'

const { privatePem, publicPem } = newSigningKeys()
const FILE = 'hello_update.json'
const ARCHIVE = {
  archive: 'hello_1.1.0_linux_x64.tar.gz',
  size: 10,
  sha256: 'a'.repeat(64),
  unpacked: 20,
  executable: 'hello',
  config: [],
}
const PRODUCT: UpdatedProduct = {
  ...{ name: 'hello', version: '1.0.0', target: 'linux-x64', keys: publicPem, allowOlder: false },
}

function offer(changes: Readonly<Record<string, unknown>> = {}, pem = privatePem): OfferedUpdate {
  const targets = { 'linux-x64': ARCHIVE }
  const manifest = JSON.stringify({
    format: 1,
    name: 'hello',
    version: '1.1.0',
    targets,
    ...changes,
  })
  const key = parsePrivateKey(pem, 'a test')
  if ('problem' in key) throw new Error(key.problem)
  const files = [{ name: FILE, bytes: Buffer.from(manifest) }]
  const signature = signFiles({ files, key, sequence: 1 })
  return { source: 'https://example.com/', file: FILE, manifest, signature }
}

describe('an update', () => {
  test('that is newer, for this system and signed by its publisher is accepted', () => {
    expect(acceptUpdate(offer(), PRODUCT)).toEqual({
      ...{ version: '1.1.0', archive: ARCHIVE, isNews: true },
    })
  })

  test('of the version that runs is no news', () => {
    expect(acceptUpdate(offer({ version: '1.0.0' }), PRODUCT).isNews).toBe(false)
  })

  test('that is older is taken only where somebody asks for it', () => {
    const old = offer({ version: '0.9.0' })
    expect(() => acceptUpdate(old, PRODUCT)).toThrow('it is version 0.9.0, older than this 1.0.0')
    expect(acceptUpdate(old, { ...PRODUCT, allowOlder: true }).version).toBe('0.9.0')
  })

  const good = offer()
  test.each([
    ['without a signature', { ...good, signature: null }, 'it is not signed'],
    ['signed by somebody else', offer({}, newSigningKeys().privatePem), 'is not trusted here'],
    [
      'changed after it was signed',
      { ...good, manifest: good.manifest.replace('1.1.0', '9.9.9') },
      'was changed after it was signed',
    ],
    ['with the signature of another file', { ...good, file: 'other.json' }, 'not among the files'],
    ['with half a signature', { ...good, signature: 'stead-signature-v1\n' }, 'is damaged'],
    ['of another program', offer({ name: 'other' }), 'it is of other, and this is hello'],
    ['for other systems', offer({ targets: {} }), 'it has nothing, and nothing for linux-x64'],
    ['that says nothing', offer({ format: 7 }), 'format in its manifest'],
  ])('%s is refused', (_, offered, reason) => {
    expect(() => acceptUpdate(offered, PRODUCT)).toThrow(reason)
  })
})
