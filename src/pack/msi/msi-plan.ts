import { SteadError } from '../../errors.ts'
import type { FormatPlan, LaidOut } from '../../model/format-plan.ts'
import type { StagedProduct } from '../../model/staged-product.ts'
import { archiveName } from '../archive-name.ts'
import { installSettings } from '../install-settings.ts'
import { componentId } from './directories.ts'
import { withStableSummary } from './stable-summary.ts'
import { ADDONS, AUTOSTART, OTHER_START, startCommand, wixSource } from './wix-source.ts'

/** The source of an MSI and what goes into it, and how wixl(1) is asked to compile it. */
export function msiPlan(product: StagedProduct): FormatPlan {
  const { spec, target, epoch, files } = product
  if (target !== 'win-x64') throw new SteadError('INTERNAL', { detail: `no MSI for ${target}` })
  const beyond = textsOf(product).filter((text) => BEYOND_LATIN.test(text))
  if (beyond.length > 0)
    throw new SteadError('PACK_FILE_INVALID', {
      source: 'the format msi',
      problems: beyond.map(
        (text) =>
          `msi: ${JSON.stringify(text)} has characters beyond Latin-1, with which wixl fails`,
      ),
    })
  return {
    entries: [
      ...files.map(
        ({ source }, index): LaidOut => ({
          kind: 'copy',
          path: `files/${index}`,
          source,
          mode: 0o644,
        }),
      ),
      { kind: 'text', path: 'product.wxs', text: wixSource(product), mode: 0o644 },
    ],
    commands: (directory) => {
      const msi = `${directory}/product.msi`
      return [
        { file: 'wixl', args: ['--arch', 'x64', '--output', msi, `${directory}/product.wxs`] },
        { file: 'msibuild', args: [msi, ...changes(product).flatMap((sql) => ['-q', sql])] },
      ]
    },
    finish: (bytes) => withStableSummary(bytes, contentName(product), epoch),
    result: 'product.msi',
    name: `${archiveName(spec.archiveName, spec, target)}.msi`,
  }
}

/** wixl 0.101 ends with a signal for what its code page does not have. */
const BEYOND_LATIN = /[^\t\n\r -~\u00a0-\u00ff]/

function textsOf({ spec, files }: StagedProduct): readonly string[] {
  const { displayName, description, publisher, homepage, service } = spec
  return [
    displayName,
    description,
    publisher,
    homepage ?? '',
    ...(service?.args ?? []),
    ...Object.entries(service?.env ?? {}).flat(),
    ...files.map(({ path }) => path),
  ]
}

/** The name of exactly this content: Windows Installer takes packages with the same code for the same file. */
function contentName(product: StagedProduct): string {
  return JSON.stringify([wixSource(product), product.files.map(({ sha256 }) => sha256)])
}

/** What wixl cannot say, as statements of the SQL of Windows Installer. */
function changes(product: StagedProduct): readonly string[] {
  const { spec } = product
  const names = [
    'INSTALLDIR',
    'AUTOSTART',
    ...installSettings(spec).map(({ property }) => property),
  ]
  const secure = [...names, 'WIX_DOWNGRADE_DETECTED', 'WIX_UPGRADE_DETECTED'].join(';')
  return [
    // Only these are handed from a user to the service of Windows Installer, which has the rights.
    `UPDATE \`Property\` SET \`Value\` = '${secure}' WHERE \`Property\` = 'SecureCustomProperties'`,
    // The older version is removed within the transaction: when the newer one fails, it is back.
    place('RemoveExistingProducts', 1501),
    place('AppSearch', 300),
    place('LaunchConditions', 650),
    ...names.flatMap((name, index) => [
      place(`Save_${name}`, 100 + index),
      place(`Put_${name}`, 310 + index),
      place(`Else_${name}`, 480 + index),
    ]),
    ...(spec.service === null
      ? []
      : [
          // Files by a pattern, then their directory (RemoveFile Table); Wine's installer takes no pattern.
          `INSERT INTO \`RemoveFile\` (\`FileKey\`, \`Component_\`, \`FileName\`, \`DirProperty\`, \`InstallMode\`) VALUES ('Addons', '${componentId(product, product.executable)}', '*.node', '${ADDONS}', 2)`,
          `INSERT INTO \`RemoveFile\` (\`FileKey\`, \`Component_\`, \`DirProperty\`, \`InstallMode\`) VALUES ('AddonsFolder', '${componentId(product, product.executable)}', '${ADDONS}', 2)`,
          place(OTHER_START, 5801),
          `INSERT INTO \`CustomAction\` (\`Action\`, \`Type\`, \`Source\`, \`Target\`) VALUES ('${OTHER_START}', ${COMMAND}, 'INSTALLDIR', '${startCommand(spec)}')`,
        ]),
    ...(spec.service === null
      ? []
      : [
          `UPDATE \`Component\` SET \`Condition\` = 'AUTOSTART = "1"' WHERE \`Component\` = '${AUTOSTART}'`,
        ]),
  ]
}

/** An executable in a directory (34), deferred (1024), as the system (2048). */
const COMMAND = 34 + 1024 + 2048

function place(action: string, sequence: number): string {
  return `UPDATE \`InstallExecuteSequence\` SET \`Sequence\` = ${sequence} WHERE \`Action\` = '${action}'`
}
