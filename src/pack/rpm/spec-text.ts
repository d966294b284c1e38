import type { LaidOut } from '../../model/format-plan.ts'
import type { PackSpec } from '../../model/pack-spec.ts'
import type { StagedProduct } from '../../model/staged-product.ts'
import { headerText, type LinuxLayout } from '../linux/layout.ts'
import { serviceUser } from '../linux/service-user.ts'
import { packageVersion } from '../package-version.ts'
import { literal } from './literal.ts'
import { scriptlets } from './scriptlets.ts'

/**
 * The spec file, rpm-spec(5). What is installed is laid out already; nothing is compiled, stripped or looked
 * into, so that the executable stays as it was signed and hashed.
 */
export function specText(product: StagedProduct, layout: LinuxLayout): string {
  const { spec } = product
  return [
    // Debug information is cut out of executables, and files are rewritten, unless that is turned off.
    '%global debug_package %{nil}',
    '%global __os_install_post %{nil}',
    '%global _build_id_links none',
    '%global use_source_date_epoch_as_buildtime 1',
    '%global clamp_mtime_to_source_date_epoch 1',
    '%global _buildhost localhost',
    `%global _binary_payload ${spec.compression === 'fast' ? 'w1.gzdio' : 'w6.xzdio'}`,
    ...header(spec),
    '',
    '%description',
    ...description(spec),
    '',
    '%install',
    'cp -a "$STEAD_PACK_TREE/." "$RPM_BUILD_ROOT/"',
    '',
    ...scriptlets(spec, layout.unit),
    '%files',
    '%defattr(-,root,root,-)',
    ...directories(spec, layout),
    ...layout.entries.map((entry) => fileLine(entry, layout)),
    '',
  ].join('\n')
}

function header(spec: PackSpec): string[] {
  const needsUser = serviceUser(spec) !== null
  const fields: [string, string | null][] = [
    ['Name', spec.name],
    ['Version', packageVersion(spec.version)],
    ['Release', '1'],
    ['Summary', headerText(summary(spec))],
    ['Vendor', headerText(spec.publisher)],
    ['Packager', headerText(spec.publisher)],
    ['License', 'see the files of the package'],
    ['URL', spec.homepage],
    // What Node is linked with is in every distribution that has rpm; nothing else is needed.
    ['AutoReqProv', 'no'],
    ['Requires', 'glibc >= 2.28'],
    ['Requires(pre)', needsUser ? '/usr/sbin/useradd' : null],
    ['Requires(post)', spec.service === null ? null : 'systemd'],
  ]
  return fields
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${literal(value as string)}`)
}

function summary({ description, displayName }: PackSpec): string {
  return description.trim().split('\n')[0] || displayName
}

/** A line that begins with `%` would end the section; literal() leaves none. */
function description({ description, displayName }: PackSpec): string[] {
  const lines = description.trim() === '' ? [displayName] : description.split(/\r?\n/)
  return lines.map((line) => literal(headerText(line)))
}

function directories({ name }: PackSpec, { entries, configFiles }: LinuxLayout): string[] {
  const roots = [`/usr/lib/${name}`, ...(configFiles.length === 0 ? [] : [`/etc/${name}`])]
  const all = new Set<string>()
  for (const { path } of entries) {
    const root = roots.find((candidate) => path.startsWith(`${candidate}/`))
    if (root === undefined) continue
    for (let at = path.lastIndexOf('/'); at >= root.length; at = path.lastIndexOf('/', at - 1))
      all.add(path.slice(0, at))
  }
  return [...all].sort().map((path) => `%dir %attr(0755,root,root) ${fileName(path)}`)
}

function fileLine(entry: LaidOut, { configFiles }: LinuxLayout): string {
  if (entry.kind === 'link') return fileName(entry.path)
  const mode = entry.mode.toString(8).padStart(4, '0')
  const config = configFiles.includes(entry.path) ? '%config(noreplace) ' : ''
  return `${config}%attr(${mode},root,root) ${fileName(entry.path)}`
}

/** In quotes a blank is part of the name; what a pattern would be is escaped (rpm's build/files.c, glob(7)). */
function fileName(path: string): string {
  return `"${literal(path.replace(/[\\*?[\]{}]/g, '\\$&'))}"`
}
