import { spawnSync } from 'node:child_process'
import { installPackages, missingPackages, whyNoInstall } from '../../../setup/debian-packages.ts'

/** Installs what is missing of `packages`. @throws with the reason why it cannot */
export function provide(packages: readonly string[]): void {
  const missing = missingPackages(packages)
  if (missing.length === 0) return
  const reason = whyNoInstall()
  if (reason !== null) throw new Error(`it needs the packages ${missing.join(' ')}, and ${reason}`)
  installPackages(missing)
}

/** The version of an installed Debian package. */
export function installedVersion(name: string): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own notation for a field
  const args = ['-W', '-f', '${Version}', name]
  const { status, stdout } = spawnSync('dpkg-query', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the package ${name} is not installed`)
  return stdout
}
