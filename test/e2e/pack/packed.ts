import { type ChildProcessByStdio, execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { PackSigning, PackTarget } from '../../../src/model/pack-spec.ts'

export const ROOT = resolve(fileURLToPath(import.meta.url), '../../../..')
export const HELLO = join(ROOT, 'examples', 'hello', 'stead.pack.yaml')
export const STEAD = join(ROOT, 'stead.pack.yaml')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * `stead pack`, as people run it; files have one time.
 *
 * @param input on its standard input
 */
export function pack(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Ended {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'bin', 'stead.js'), 'pack', ...words],
    {
      cwd: ROOT,
      encoding: 'utf8',
      input,
      env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000', ...env },
    },
  )
  return { code: status, stdout, stderr }
}

/** Writes the pack file of a hello for Windows that is signed. @returns its path */
export function signedHello(
  directory: string,
  formats: readonly string[],
  signing: Partial<PackSigning>,
): string {
  const file = join(directory, 'hello.yaml')
  const spec = {
    ...{ entry: join(ROOT, 'examples', 'hello', 'app.ts'), name: 'hello', version: '1.0.0' },
    ...{ publisher: 'Stead Tests', targets: ['win-x64'], formats, compression: 'fast', signing },
  }
  writeFileSync(file, JSON.stringify(spec))
  return file
}

/** A key for updates: FILE, and FILE.pub. */
export function keygen(file: string): void {
  execFileSync(process.execPath, [join(ROOT, 'bin', 'stead.js'), 'config', 'keygen', file])
}

/** Unpacks a tar.gz by tar, a zip by Python. */
export function unpack(archive: string, directory: string): void {
  if (archive.endsWith('.zip')) execFileSync('python3', ['-m', 'zipfile', '-e', archive, directory])
  else execFileSync('tar', ['-xzf', archive, '-C', directory])
}

/**
 * What the archives of an output directory have in them: each is unpacked when it is first asked for. Tests
 * share what lies there; whoever changes a file of it copies it first.
 */
export function unpackedOnce(out: string, room: string): (target: PackTarget) => string {
  const directories = new Map<PackTarget, string>()
  return (target) => {
    const known = directories.get(target)
    if (known !== undefined) return known
    const archive = readdirSync(out).find(
      (name) => name.includes(`_${target.replace('-', '_')}.`) && /\.(zip|tar\.gz)$/.test(name),
    )
    const directory = mkdtempSync(join(room, 'unpacked-'))
    unpack(join(out, archive ?? ''), directory)
    directories.set(target, directory)
    return directory
  }
}

/** One bit of koffi, as it lies in an executable, is turned over. */
export function damageAddon(executable: string, addon: Buffer): void {
  const bytes = readFileSync(executable)
  const middle = addon.length >> 1
  const at = bytes.indexOf(addon.subarray(middle, middle + 512))
  if (at === -1) throw new Error(`there is no such addon in ${executable}`)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(executable, bytes)
}

/** Where a hello in the foreground answers, as it says itself; rejects when it has ended before. */
export function urlOf(hello: ChildProcessByStdio<null, Readable, Readable>): Promise<string> {
  return new Promise((found, reject) => {
    let said = ''
    for (const stream of [hello.stdout, hello.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk
        const [, url] = /status (http:\S+)/.exec(said) ?? []
        if (url !== undefined) found(url)
      })
    hello.once('error', reject)
    hello.once('close', () => reject(new Error(said)))
  })
}
