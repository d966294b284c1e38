import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { productOf } from '../../test/fixtures/staged-product.ts'
import { signFiles } from '../secrets/signature.ts'
import { newSigningKeys, parsePrivateKey } from '../secrets/signing-key.ts'
import { acceptUpdate } from '../update/accept-update.ts'
import { unpack } from '../update/unpack.ts'
import { tarGz } from './archive/tar-gz.ts'
import { updateManifest, updateManifestName } from './update-manifest.ts'

const FILES = [
  { path: 'app', mode: 0o755, content: Buffer.from('a program') },
  { path: 'etc/app.yaml', mode: 0o644, content: Buffer.from('port: 80\n') },
]

async function published(executable = 'app') {
  const product = { ...productOf({ version: '1.3.0' }), executable }
  const bytes = await tarGz(FILES, 0)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const unpacked = FILES.reduce((sum, { content }) => sum + content.length, 0)
  const manifest = updateManifest([
    { product, name: 'app.tar.gz', size: bytes.length, sha256, unpacked },
  ])
  return { bytes, manifest }
}

test('what is published is accepted by the program it is for, and has the files that were packed', async () => {
  const { bytes, manifest } = await published()
  const { privatePem, publicPem } = newSigningKeys()
  const key = parsePrivateKey(privatePem, 'a test')
  if ('problem' in key) throw new Error(key.problem)
  const file = updateManifestName('app')
  const signature = signFiles({
    files: [{ name: file, bytes: Buffer.from(manifest) }],
    key,
    sequence: 1,
  })
  const { version, archive } = acceptUpdate(
    { source: 'a test', file, manifest, signature },
    {
      ...{ name: 'app', version: '1.2.3', target: 'linux-x64', keys: publicPem, allowOlder: false },
    },
  )
  expect([version, archive.config]).toEqual(['1.3.0', ['app.yaml']])
  const files = unpack(bytes, archive, 'a test')
  expect(files.map(({ path, mode, bytes }) => [path, mode, `${bytes}`])).toEqual([
    ['app', 0o755, `${FILES[0]?.content}`],
    ['etc/app.yaml', 0o644, `${FILES[1]?.content}`],
  ])
})

test('an archive that is not what was signed is refused, whatever is different', async () => {
  const { bytes, manifest } = await published('other')
  const archive = JSON.parse(manifest).targets['linux-x64']
  const unpacked =
    (changes: object, given = bytes) =>
    () =>
      unpack(given, { ...archive, ...changes }, 'a test')
  expect(unpacked({})).toThrow('it has no executable other')
  expect(unpacked({ executable: 'etc/app.yaml' })).toThrow('it has no executable etc/app.yaml')
  expect(unpacked({ unpacked: 17 })).toThrow('it has 18 bytes, and was signed as 17')
  expect(unpacked({}, bytes.subarray(0, 40))).toThrow('cannot be unpacked')
  expect(unpacked({}, Buffer.from('no gzip'))).toThrow('cannot be unpacked')
})

test('more than was signed is not even unpacked', async () => {
  const content = Buffer.alloc(40 * 1024 ** 2)
  const bytes = await tarGz([{ path: 'app', mode: 0o755, content }], 0)
  const { manifest } = await published()
  const archive = JSON.parse(manifest).targets['linux-x64']
  expect(() => unpack(bytes, archive, 'a test')).toThrow('cannot be unpacked')
})
