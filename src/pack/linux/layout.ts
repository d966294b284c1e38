import { renderPackagedUnit } from '../../managers/systemd/packaged-unit.ts'
import type { LaidOut } from '../../model/format-plan.ts'
import type { StagedProduct } from '../../model/staged-product.ts'

/** Where a product's things are on a Linux machine, hier(7); both formats of packages agree on it. */
export interface LinuxLayout {
  /** Absolute paths, each with what is there; every one is root's. */
  readonly entries: readonly LaidOut[]
  /** Absolute paths of files that stay as they are at an upgrade once somebody has changed them. */
  readonly configFiles: readonly string[]
  /** `NAME.service`, or null for a program that is no service. */
  readonly unit: string | null
}

/**
 * Files go to `/usr/lib/NAME`, configuration to `/etc/NAME` with a link beside the executable, so that a
 * program finds it in the same place on every system.
 *
 * @param unitDirectory where this kind of package has its units
 */
export function linuxLayout(product: StagedProduct, unitDirectory: string): LinuxLayout {
  const { spec, executable, files } = product
  const { name, service } = spec
  const home = `/usr/lib/${name}`
  const entries: LaidOut[] = []
  const configFiles: string[] = []
  for (const file of files) {
    const { source, mode } = file
    const path = file.path === executable ? `${home}/${name}` : `${home}/${file.path}`
    if (!file.config) {
      entries.push({ kind: 'copy', path, source, mode })
      continue
    }
    const kept = `/etc/${name}/${file.path}`
    configFiles.push(kept)
    entries.push({ kind: 'copy', path: kept, source, mode }, { kind: 'link', path, target: kept })
  }
  entries.push({ kind: 'link', path: `/usr/bin/${name}`, target: `../lib/${name}/${name}` })
  if (service === null) return { entries, configFiles, unit: null }
  const unit = `${name}.service`
  const text = renderPackagedUnit({
    name,
    file: `${home}/${name}`,
    args: service.args,
    env: service.env,
    user: service.account,
    displayName: spec.displayName,
    description: spec.description,
  })
  entries.push({ kind: 'text', path: `${unitDirectory}/${unit}`, text, mode: 0o644 })
  return { entries, configFiles, unit }
}

/** One line of text for a header of a package; what would begin another line becomes a blank. */
export function headerText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
  return text.replace(/[\s\x00-\x1f\x7f]+/g, ' ').trim()
}
