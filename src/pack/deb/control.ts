import type { PackSpec, PackTarget } from '../../model/pack-spec.ts'
import { headerText } from '../linux/layout.ts'
import { serviceUser } from '../linux/service-user.ts'
import { packageVersion } from '../package-version.ts'

/** Debian's names of the processors, dpkg-architecture(1). */
export const DEB_ARCHITECTURES = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' } as const

export type DebTarget = keyof typeof DEB_ARCHITECTURES

export function isDebTarget(target: PackTarget): target is DebTarget {
  return target in DEB_ARCHITECTURES
}

/**
 * The control file of the package, deb-control(5).
 *
 * @param kibibytes what is installed takes so much
 */
export function controlText(spec: PackSpec, target: DebTarget, kibibytes: number): string {
  const depends = [
    // What Node itself is linked with.
    'libc6 (>= 2.28)',
    'libstdc++6',
    ...(spec.service === null ? [] : ['init-system-helpers (>= 1.54)']),
    ...(serviceUser(spec) === null ? [] : ['passwd']),
  ]
  const fields: [string, string | null][] = [
    ['Package', spec.name],
    ['Version', packageVersion(spec.version)],
    ['Architecture', DEB_ARCHITECTURES[target]],
    ['Maintainer', headerText(spec.publisher)],
    ['Installed-Size', String(kibibytes)],
    ['Depends', depends.join(', ')],
    ['Section', 'misc'],
    ['Priority', 'optional'],
    ['Homepage', spec.homepage],
    ['Description', descriptionOf(spec)],
  ]
  const lines = fields.filter(([, value]) => value !== null)
  return `${lines.map(([name, value]) => `${name}: ${value}`).join('\n')}\n`
}

/** A short line, then the text: each of its lines begins with a blank, an empty one is a dot. */
function descriptionOf({ displayName, description }: PackSpec): string {
  const [first = '', ...rest] = description.trim().split(/\r?\n/).map(headerText)
  const text = rest.join('\n').trim()
  const lines = text === '' ? [] : text.split('\n').map((line) => ` ${line === '' ? '.' : line}`)
  return [first === '' ? headerText(displayName) : first, ...lines].join('\n')
}
