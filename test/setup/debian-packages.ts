import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Those of `packages` that dpkg does not list as installed. */
export function missingPackages(packages: readonly string[]): string[] {
  return packages.filter((name) => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own notation for a field
    const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], {
      encoding: 'utf8',
    })
    return stdout !== 'installed'
  })
}

/** Why packages cannot be installed here, or null where they can: it takes root on Debian. */
export function whyNoInstall(): string | null {
  if (!existsSync('/etc/debian_version')) return 'this is not Debian'
  if (process.getuid?.() !== 0) return 'only root may install packages'
  return null
}

/** A mirror that stalls is asked again, and whoever else installs packages is waited for (apt.conf(5)). */
const PATIENT = [
  'Acquire::Retries=3',
  'Acquire::http::Timeout=60',
  'DPkg::Lock::Timeout=300',
].flatMap((setting) => ['-o', setting])

/** Installs Debian packages. @throws with apt's last words when it fails */
export function installPackages(packages: readonly string[]): void {
  console.log(`installing ${packages.join(' ')}`)
  const apt = (...args: string[]): void => {
    const { status, stdout, stderr } = spawnSync('apt-get', ['-qq', ...PATIENT, ...args], {
      encoding: 'utf8',
      // What dpkg says of a hundred packages is more than Node takes by itself.
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    if (status !== 0) {
      throw new Error(`apt-get ${args[0]} failed:\n${(stdout + stderr).slice(-2000)}`)
    }
  }
  apt('update')
  apt('install', '-y', '--no-install-recommends', ...packages)
}
