import { gzipSync } from 'node:zlib'
import { SteadError } from '../../errors.ts'
import type { FormatPlan, LaidOut, LaidOutFact } from '../../model/format-plan.ts'
import type { PackSpec } from '../../model/pack-spec.ts'
import type { StagedProduct } from '../../model/staged-product.ts'
import { headerText, linuxLayout } from '../linux/layout.ts'
import { packageVersion } from '../package-version.ts'
import { controlText, DEB_ARCHITECTURES, isDebTarget } from './control.ts'
import { maintainerScripts } from './maintainer-scripts.ts'

/** Where Debian's packages have their units; with a merged /usr it is the same place as /usr/lib. */
const UNIT_DIRECTORY = '/lib/systemd/system'

/** The whole of a Debian package, deb(5), and how dpkg-deb(1) is asked to build it. */
export function debPlan(product: StagedProduct): FormatPlan {
  const { spec, target, epoch } = product
  if (!isDebTarget(target)) throw new SteadError('INTERNAL', { detail: `no deb for ${target}` })
  const { entries, configFiles, unit } = linuxLayout(product, UNIT_DIRECTORY)
  const scripts = maintainerScripts(spec, unit)
  const made = 'made.deb'
  return {
    entries: [...entries, ...documents(spec, epoch)].map(inTree),
    afterwards: (facts) => [
      controlFile('control', controlText(spec, target, kibibytesOf(facts)), 0o644),
      controlFile('md5sums', md5sums(facts, configFiles), 0o644),
      ...(configFiles.length === 0
        ? []
        : [controlFile('conffiles', `${configFiles.join('\n')}\n`, 0o644)]),
      ...Object.entries(scripts).map(([name, text]) => controlFile(name, text, 0o755)),
    ],
    commands: (directory) => [
      {
        file: 'dpkg-deb',
        // With more than one thread xz cuts the data into blocks, and the bytes depend on the machine.
        args: [
          '--root-owner-group',
          '--threads-max=1',
          ...(spec.compression === 'fast' ? ['-Zgzip', '-z1'] : ['-Zxz']),
          '--build',
          `${directory}/tree`,
          `${directory}/${made}`,
        ],
        env: { SOURCE_DATE_EPOCH: String(epoch) },
      },
    ],
    result: made,
    name: `${spec.name}_${packageVersion(spec.version)}_${DEB_ARCHITECTURES[target]}.deb`,
  }
}

function inTree(entry: LaidOut): LaidOut {
  return { ...entry, path: `tree${entry.path}` }
}

function controlFile(name: string, text: string, mode: number): LaidOut {
  return { kind: 'text', path: `tree/DEBIAN/${name}`, text, mode }
}

/** What every package of Debian has (Debian policy, 12.5 and 12.7). */
function documents(spec: PackSpec, epoch: number): LaidOut[] {
  const place = `/usr/share/doc/${spec.name}`
  // RFC 5322, as deb-changelog(5) wants it; always in UTC.
  const date = new Date(epoch * 1000).toUTCString().replace('GMT', '+0000')
  const changelog = `${spec.name} (${packageVersion(spec.version)}) unstable; urgency=medium

  * Version ${spec.version}.

 -- ${headerText(spec.publisher)}  ${date}
`
  const copyright: LaidOut =
    spec.license === null
      ? {
          kind: 'text',
          path: `${place}/copyright`,
          text: `Copyright ${headerText(spec.publisher)}\n`,
          mode: 0o644,
        }
      : { kind: 'copy', path: `${place}/copyright`, source: spec.license, mode: 0o644 }
  const packed = gzipSync(changelog, { level: 9 })
  return [copyright, { kind: 'text', path: `${place}/changelog.gz`, text: packed, mode: 0o644 }]
}

/** Every file but configuration, which an administrator may change. */
function md5sums(facts: readonly LaidOutFact[], configFiles: readonly string[]): string {
  return facts
    .map(({ path, md5 }) => ({ path: path.slice('tree/'.length), md5 }))
    .filter(({ path }) => !configFiles.includes(`/${path}`))
    .map(({ path, md5 }) => `${md5}  ${path}\n`)
    .join('')
}

/** deb-substvars(5): each file takes whole kibibytes. */
function kibibytesOf(facts: readonly LaidOutFact[]): number {
  return facts.reduce((sum, { size }) => sum + Math.ceil(size / 1024), 0)
}
