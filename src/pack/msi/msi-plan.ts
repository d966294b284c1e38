import { SteadError } from '../../errors.ts'
import type { FormatPlan, LaidOut } from '../../model/format-plan.ts'
import type { StagedProduct } from '../../model/staged-product.ts'
import { archiveName } from '../archive-name.ts'
import { versionNumbers } from '../windows-names.ts'
import type { Action } from './actions.ts'
import { choicesOf, PREVIOUS_DIRECTORY } from './choices.ts'
import { componentId } from './directories.ts'
import { upgradeCode } from './stable-guid.ts'
import { withStableSummary } from './stable-summary.ts'
import { AUTOSTART, actionsOf, wixSource } from './wix-source.ts'

/** The source of an MSI and what goes into it, and how wixl(1) is asked to compile it. */
export function msiPlan(staged: StagedProduct): FormatPlan {
  // Native parts are installed, and not unpacked by the service: what is installed is removed, and taken back.
  const product = { ...staged, files: [...staged.files, ...staged.addons] }
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
  const { spec, files } = product
  const secure = [
    ...choicesOf(spec).map(({ property }) => property),
    'WIX_DOWNGRADE_DETECTED',
    'WIX_UPGRADE_DETECTED',
  ].join(';')
  return [
    // Only these are handed from a user to the service of Windows Installer, which has the rights.
    `UPDATE \`Property\` SET \`Value\` = '${secure}' WHERE \`Property\` = 'SecureCustomProperties'`,
    // There is nothing to see, and what is searched there would win over the command line.
    ...['AppSearch', 'LaunchConditions'].map(
      (action) => `DELETE FROM \`InstallUISequence\` WHERE \`Action\` = '${action}'`,
    ),
    ...sameNumbers(product),
    // When the newer version has come up, within the transaction (RemoveExistingProducts Action), and before it is
    // registered: Wine forgets the upgrade code with the older one.
    "INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('InstallExecute', 5950)",
    place('RemoveExistingProducts', 5960),
    place('AppSearch', 300),
    place('LaunchConditions', 650),
    ...actionsOf(product).flatMap(placed),
    ...otherDirectory(),
    ...files.flatMap(({ version }, index) => (version === null ? [] : versioned(index, version))),
    ...(spec.service === null
      ? []
      : [
          eventSourceRemoval(product),
          `UPDATE \`Component\` SET \`Condition\` = 'AUTOSTART = "1"' WHERE \`Component\` = '${AUTOSTART}'`,
        ]),
  ]
}

/**
 * The key of the source of events, which the executable writes, goes with the component (Registry Table: a name of `-`
 * is the whole key): the executable may be gone by then.
 */
function eventSourceRemoval(product: StagedProduct): string {
  const key = `SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\${product.spec.name}`
  const component = componentId(product, product.executable)
  return `INSERT INTO \`Registry\` (\`Registry\`, \`Root\`, \`Key\`, \`Name\`, \`Component_\`) VALUES ('EventSource', 2, '${key}', '-', '${component}')`
}

/** A package with the same three numbers is an upgrade as well; attributes are part of a row's key, and no update. */
function sameNumbers({ spec }: StagedProduct): readonly string[] {
  const code = upgradeCode(spec.publisher, spec.name)
  const version = versionNumbers(spec.version).join('.')
  return [
    "DELETE FROM `Upgrade` WHERE `ActionProperty` = 'WIX_UPGRADE_DETECTED'",
    `INSERT INTO \`Upgrade\` (\`UpgradeCode\`, \`VersionMax\`, \`Attributes\`, \`ActionProperty\`) VALUES ('{${code}}', '${version}', ${MIGRATE_UP_TO}, 'WIX_UPGRADE_DETECTED')`,
  ]
}

/** msidbUpgradeAttributesMigrateFeatures and …VersionMaxInclusive (Upgrade Table). */
const MIGRATE_UP_TO = 1 + 512

/** A version that is installed elsewhere shares its components with this one, which can be in one place only. */
function otherDirectory(): readonly string[] {
  const condition = `${PREVIOUS_DIRECTORY} AND NOT INSTALLDIR ~= ${PREVIOUS_DIRECTORY}`
  const message = 'It is installed in [PreviousDirectory] already. Remove it there first.'
  return [
    `INSERT INTO \`CustomAction\` (\`Action\`, \`Type\`, \`Target\`) VALUES ('OtherDirectory', ${MESSAGE}, '${message}')`,
    // Behind CostFinalize, which ends a directory by its backslash.
    `INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Condition\`, \`Sequence\`) VALUES ('OtherDirectory', '${condition}', 1010)`,
  ]
}

/** Custom Action Type 19: ends the installation with a text. */
const MESSAGE = 19

/** Without its version in the table a file never replaces one that has a version; hashes are for others (MsiFileHash). */
function versioned(index: number, version: string): readonly string[] {
  return [
    `UPDATE \`File\` SET \`Version\` = '${version}' WHERE \`File\` = 'File_${index}'`,
    `DELETE FROM \`MsiFileHash\` WHERE \`File_\` = 'File_${index}'`,
  ]
}

function placed({ id, sequence, type, source }: Action): readonly string[] {
  const set = (column: string, value: string): string =>
    `UPDATE \`CustomAction\` SET \`${column}\` = ${value} WHERE \`Action\` = '${id}'`
  return [
    place(id, sequence),
    ...(type === undefined ? [] : [set('Type', String(type))]),
    ...(source === undefined ? [] : [set('Source', `'${source}'`)]),
  ]
}

function place(action: string, sequence: number): string {
  return `UPDATE \`InstallExecuteSequence\` SET \`Sequence\` = ${sequence} WHERE \`Action\` = '${action}'`
}
