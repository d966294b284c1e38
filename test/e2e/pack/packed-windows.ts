import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pack, ROOT } from './packed.ts'
import type { Publisher } from './published.ts'

/**
 * The example as stead packs it for Windows, no stand-in: an archive and a setup program of one executable.
 *
 * @param publishers whom it trusts; the first signs
 * @returns the output directory
 */
export function packForWindows(
  room: string,
  version: string,
  publishers: readonly Publisher[],
): string {
  const directory = join(room, version)
  const [file, out] = [join(directory, 'stead.pack.yaml'), join(directory, 'out')]
  mkdirSync(directory)
  const trusted = publishers.map(({ keys }) => readFileSync(keys.publicKey, 'utf8'))
  writeFileSync(join(directory, 'trusted.pub'), trusted.join(''))
  writeFileSync(join(directory, 'greeting.txt'), `Hello from ${version}\n`)
  const spec = {
    ...{ entry: join(ROOT, 'examples/hello/app.ts'), version, name: 'hello', displayName: 'Hello' },
    ...{ publisher: 'Stead Tests', targets: ['win-x64'], formats: ['tar.gz', 'nsis'] },
    files: [{ from: 'greeting.txt', to: 'greeting.txt', config: true }],
    service: { env: { PORT: '8080' }, config: 'greeting.txt' },
    // What users fetch is compressed for minutes; here nobody waits for that.
    compression: 'fast',
    update: { publicKey: 'trusted.pub', privateKey: publishers[0]?.keys.privateKey },
  }
  writeFileSync(file, JSON.stringify(spec))
  const { code, stderr } = pack(['-f', file, '-o', out])
  if (code !== 0) throw new Error(stderr)
  return out
}
