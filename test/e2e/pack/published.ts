/** What a publisher puts on a server for programs that update themselves. */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PackTarget } from '../../../src/model/pack-spec.ts'
import type { UpdateManifest } from '../../../src/model/update-manifest.ts'
import { tarGz } from '../../../src/pack/archive/tar-gz.ts'
import { signFiles } from '../../../src/secrets/signature.ts'
import { newSigningKeys, parsePrivateKey } from '../../../src/secrets/signing-key.ts'

export interface Publisher {
  /** For the pack file. */
  readonly keys: { readonly publicKey: string; readonly privateKey: string }
  /** The same archives as those of `from`, published as another version. @returns the manifest */
  again(from: string, directory: string, version: string): string
  /** A version of small files, the first of them the executable. @returns the manifest */
  small(
    directory: string,
    version: string,
    target: PackTarget,
    files: Readonly<Record<string, Uint8Array>>,
  ): Promise<string>
}

/** @param room a directory for its keys */
export function publisher(room: string, name: string): Publisher {
  const { privatePem, publicPem } = newSigningKeys()
  const keys = { publicKey: join(room, 'release.key.pub'), privateKey: join(room, 'release.key') }
  writeFileSync(keys.publicKey, publicPem)
  writeFileSync(keys.privateKey, privatePem, { mode: 0o600 })
  const file = `${name}_update.json`

  function publish(directory: string, manifest: UpdateManifest): string {
    const key = parsePrivateKey(privatePem, 'the publisher')
    if ('problem' in key) throw new Error(key.problem)
    const text = JSON.stringify(manifest)
    const files = [{ name: file, bytes: Buffer.from(text) }]
    const path = join(directory, file)
    writeFileSync(path, text)
    writeFileSync(`${path}.sig`, signFiles({ files, key, sequence: 1 }))
    return path
  }

  return {
    keys,
    again(from, directory, version) {
      cpSync(from, directory, { recursive: true })
      const manifest = JSON.parse(readFileSync(join(from, file), 'utf8')) as UpdateManifest
      return publish(directory, { ...manifest, version })
    },
    async small(directory, version, target, files) {
      mkdirSync(directory)
      const contents = Object.entries(files)
      const [[executable = ''] = []] = contents
      const entries = contents.map(([path, content]) => ({
        ...{ path, content: Buffer.from(content), mode: path === executable ? 0o755 : 0o644 },
      }))
      const bytes = await tarGz(entries, 0)
      writeFileSync(join(directory, 'small.tar.gz'), bytes)
      const archive = {
        ...{ archive: 'small.tar.gz', size: bytes.length, executable, config: [] },
        sha256: createHash('sha256').update(bytes).digest('hex'),
        unpacked: contents.reduce((sum, [, content]) => sum + content.length, 0),
      }
      return publish(directory, { format: 1, name, version, targets: { [target]: archive } })
    },
  }
}

/** A byte in the middle of a file is another one. */
export function flipByte(path: string): void {
  const bytes = readFileSync(path)
  const middle = bytes.length >> 1
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  writeFileSync(path, bytes)
}
