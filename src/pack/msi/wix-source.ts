import { quoteArgument } from '../../managers/windows-command-line.ts'
import type { PackSpec } from '../../model/pack-spec.ts'
import type { StagedProduct } from '../../model/staged-product.ts'
import { LOCAL_SERVICE } from '../../model/windows-account.ts'
import { fixedVariables, installSettings, startsByItself } from '../install-settings.ts'
import { folderName, versionNumbers } from '../windows-names.ts'
import { directoryTree } from './directories.ts'
import { stableGuid, upgradeCode } from './stable-guid.ts'
import { element, escaped, unformatted } from './xml.ts'

/**
 * The source of an MSI in the language of WiX 3, as far as wixl(1) knows it. Pure.
 *
 * The public properties are INSTALLDIR, AUTOSTART and ENV_… ; what they were is found again at an upgrade.
 */
export function wixSource(product: StagedProduct): string {
  const { spec } = product
  const code = upgradeCode(spec.publisher, spec.name)
  const version = versionNumbers(spec.version).join('.')
  const tree = directoryTree(product, serviceOf(product))
  const lines = element('Wix', { xmlns: 'http://schemas.microsoft.com/wix/2006/wi' }, [
    ...element(
      'Product',
      {
        // Another one for each version: that is what makes an upgrade a major one.
        Id: stableGuid(`product ${spec.version}`, code),
        Name: spec.displayName,
        Language: '1033',
        Codepage: '65001',
        Version: version,
        Manufacturer: spec.publisher,
        UpgradeCode: code,
      },
      [
        ...element('Package', {
          Id: stableGuid(`package ${spec.version}`, code),
          InstallerVersion: '500',
          Compressed: 'yes',
          InstallScope: 'perMachine',
          Description: spec.displayName,
          Manufacturer: spec.publisher,
        }),
        ...element('Media', { Id: '1', Cabinet: 'product.cab', EmbedCab: 'yes' }),
        ...element('MajorUpgrade', {
          DowngradeErrorMessage: 'A newer version is installed already.',
        }),
        ...properties(product),
        ...element('Directory', { Id: 'TARGETDIR', Name: 'SourceDir' }, [
          ...element('Directory', { Id: 'ProgramFiles64Folder' }, [
            ...element('Directory', { Id: 'INSTALLDIR', Name: folderName(spec) }, [
              ...tree.lines,
              ...(spec.service === null
                ? []
                : [
                    ...autostart(spec.name, code),
                    ...element('Directory', { Id: ADDONS, Name: 'addons' }),
                  ]),
            ]),
          ]),
        ]),
        ...(spec.service === null ? [] : startType(spec)),
        ...element(
          'Feature',
          { Id: 'Complete', Level: '1' },
          [...tree.components, ...(spec.service === null ? [] : [AUTOSTART])].flatMap((id) =>
            element('ComponentRef', { Id: id }),
          ),
        ),
      ],
    ),
  ])
  return `${['<?xml version="1.0" encoding="utf-8"?>', ...lines].join('\n')}\n`
}

/** The component that starts the service; msiPlan gives it its condition, which wixl does not know. */
export const AUTOSTART = 'Autostart'

/** Where the executable puts native parts at its first start; msiPlan has the files in it removed. */
export const ADDONS = 'ADDONS'

function autostart(name: string, code: string): string[] {
  return element('Component', { Id: AUTOSTART, Guid: stableGuid(AUTOSTART, code), Win64: 'yes' }, [
    ...element('RegistryValue', {
      Root: 'HKLM',
      Key: `Software\\${name}`,
      Name: 'Started',
      Type: 'string',
      Value: '1',
      KeyPath: 'yes',
    }),
    ...element('ServiceControl', { Id: 'StartService', Name: name, Start: 'install', Wait: 'yes' }),
  ])
}

/** Actions with their conditions; msiPlan gives them their places, which wixl finds for its own alone. */
function executed(actions: readonly (readonly [string, string])[]): string[] {
  return element(
    'InstallExecuteSequence',
    {},
    // A line end would be part of the condition.
    actions.map(
      ([action, condition]) =>
        `<Custom Action="${action}" After="InstallInitialize">${escaped(condition)}</Custom>`,
    ),
  )
}

export const OTHER_START = 'OtherStart'

/**
 * A type of start is no text in which a property could stand, so the other one is asked for by a command. The first
 * half is for the Service Control Manager; the second writes what it reads when the machine starts, for one whose
 * sc.exe has no `config`, which is Wine's. The line is a constant but for the name, which is of [a-z0-9-].
 */
export function startCommand(spec: PackSpec): string {
  const [word, number] = startsByItself(spec) ? ['demand', 3] : ['auto', 2]
  const key = `HKLM\\SYSTEM\\CurrentControlSet\\Services\\${spec.name}`
  const config = `sc.exe config ${spec.name} start= ${word}`
  return `[System64Folder]cmd.exe /d /c "${config} & reg.exe add ${key} /v Start /t REG_DWORD /d ${number} /f"`
}

function startType(spec: PackSpec): string[] {
  return executed([
    [OTHER_START, `NOT REMOVE AND AUTOSTART ${startsByItself(spec) ? '<>' : '='} "1"`],
  ])
}

/**
 * What whoever installs can choose: the command line first, then what was chosen for the version before, then the pack file.
 * AppSearch, which reads the second, knows nothing of the first: that is saved before and put back behind it.
 */
function properties({ spec }: StagedProduct): string[] {
  const choices: { property: string; value: string | null }[] = [
    { property: 'INSTALLDIR', value: null },
    ...installSettings(spec),
    { property: 'AUTOSTART', value: startsByItself(spec) ? '1' : '0' },
  ]
  const set = (id: string, property: string, value: string): string[] =>
    element('CustomAction', { Id: id, Property: property, Value: value })
  return [
    ...choices.flatMap(({ property, value }) => [
      ...element('Property', { Id: property }, [
        ...element('RegistrySearch', {
          Id: `Find_${property}`,
          Root: 'HKLM',
          Key: `Software\\${spec.name}`,
          Name: property,
          Type: 'raw',
          Win64: 'yes',
        }),
      ]),
      ...set(`Save_${property}`, `GIVEN_${property}`, `[${property}]`),
      ...set(`Put_${property}`, property, `[GIVEN_${property}]`),
      ...(value === null || value === ''
        ? []
        : set(`Else_${property}`, property, unformatted(value))),
    ]),
    ...executed(
      choices.flatMap(({ property, value }) => [
        [`Save_${property}`, property],
        [`Put_${property}`, `GIVEN_${property}`],
        ...(value === null || value === ''
          ? []
          : [[`Else_${property}`, `NOT ${property}`] as const]),
      ]),
    ),
    ...(spec.homepage === null
      ? []
      : element('Property', { Id: 'ARPURLINFOABOUT', Value: spec.homepage })),
    ...element('Property', { Id: 'ARPNOMODIFY', Value: '1' }),
  ]
}

/** What stands in the component of the executable: the service, its environment, its source of events. */
function serviceOf({ spec }: StagedProduct): readonly string[] {
  const { service, name } = spec
  const key = `Software\\${name}`
  const kept = ['INSTALLDIR', 'AUTOSTART', ...installSettings(spec).map(({ property }) => property)]
  const memory = kept.flatMap((property) =>
    element('RegistryValue', {
      Root: 'HKLM',
      Key: key,
      Name: property,
      Type: 'string',
      Value: `[${property}]`,
    }),
  )
  if (service === null) return memory
  const args = service.args.map(quoteArgument).join(' ')
  return [
    ...memory,
    ...element('ServiceInstall', {
      Id: 'Service',
      Name: name,
      DisplayName: unformatted(spec.displayName),
      Description: unformatted(spec.description),
      Type: 'ownProcess',
      Start: startsByItself(spec) ? 'auto' : 'demand',
      ErrorControl: 'normal',
      Account: service.account ?? LOCAL_SERVICE,
      Arguments: args === '' ? null : unformatted(args),
    }),
    ...element('ServiceControl', {
      Id: 'StopService',
      Name: name,
      Stop: 'both',
      Remove: 'uninstall',
      Wait: 'yes',
    }),
    ...element('RemoveFolder', { Id: 'RemoveAddons', Directory: ADDONS, On: 'uninstall' }),
    ...environment({ spec }),
  ]
}

/** REG_MULTI_SZ `Environment` of the key of the service, which the SCM hands to it. */
function environment({ spec }: Pick<StagedProduct, 'spec'>): string[] {
  const lines = [
    `STEAD_SERVICE=${spec.name}`,
    ...fixedVariables(spec).map(([name, value]) => unformatted(`${name}=${value}`)),
    ...installSettings(spec).map(({ property, variable }) => `${variable}=[${property}]`),
  ]
  return element('RegistryValue', {
    Root: 'HKLM',
    Key: `SYSTEM\\CurrentControlSet\\Services\\${spec.name}`,
    Name: 'Environment',
    Type: 'string',
    Value: lines.join('[~]'),
  })
}
