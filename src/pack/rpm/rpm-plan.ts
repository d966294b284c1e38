import { SteadError } from '../../errors.ts'
import type { FormatPlan, LaidOut } from '../../model/format-plan.ts'
import type { StagedProduct } from '../../model/staged-product.ts'
import { linuxLayout } from '../linux/layout.ts'
import { packageVersion } from '../package-version.ts'
import { literal } from './literal.ts'
import { specText } from './spec-text.ts'

/** rpm's names of the processors. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  'linux-x64': 'x86_64',
  'linux-arm64': 'aarch64',
}

const UNIT_DIRECTORY = '/usr/lib/systemd/system'

/** The spec and the files of an rpm, and how rpmbuild(8) is asked to build it. */
export function rpmPlan(product: StagedProduct): FormatPlan {
  const { spec, target, epoch } = product
  const architecture = ARCHITECTURES[target]
  if (architecture === undefined)
    throw new SteadError('INTERNAL', { detail: `no rpm for ${target}` })
  const layout = linuxLayout(product, UNIT_DIRECTORY)
  const file = `${spec.name}-${packageVersion(spec.version)}-1.${architecture}.rpm`
  return {
    entries: [
      ...layout.entries.map((entry): LaidOut => ({ ...entry, path: `tree${entry.path}` })),
      {
        kind: 'text',
        path: 'package.spec',
        text: specText(product, layout),
        mode: 0o644,
      },
    ],
    commands: (directory) => [
      {
        file: 'rpmbuild',
        args: [
          '-bb',
          '--quiet',
          '--target',
          `${architecture}-linux`,
          ...Object.entries({
            _topdir: literal(directory),
            // Where packages are left, whatever the machine's own macros say.
            _rpmdir: literal(`${directory}/made`),
            _rpmfilename: '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm',
          }).flatMap(([name, value]) => ['--define', `${name} ${value}`]),
          `${directory}/package.spec`,
        ],
        // HOME has macros of the one who packs, which would change what comes out.
        env: {
          SOURCE_DATE_EPOCH: String(epoch),
          STEAD_PACK_TREE: `${directory}/tree`,
          HOME: directory,
        },
      },
    ],
    result: `made/${file}`,
    name: file,
  }
}
