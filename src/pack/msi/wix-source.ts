import type { PackSpec } from '../../model/pack-spec.ts'
import type { StagedProduct } from '../../model/staged-product.ts'
import { folderName, versionNumbers } from '../windows-names.ts'
import { type Action, actionElements } from './actions.ts'
import {
  choiceActions,
  choiceProperties,
  choicesOf,
  factActions,
  memoryKey,
  OWNER,
  REGISTRATION,
} from './choices.ts'
import { directoryTree, fileId } from './directories.ts'
import { registration, serviceActions } from './service-actions.ts'
import { stableGuid, upgradeCode } from './stable-guid.ts'
import { element } from './xml.ts'

/** The source of an MSI in the language of WiX 3, as far as wixl(1) knows it. Pure. */
export function wixSource(product: StagedProduct): string {
  const { spec } = product
  const code = upgradeCode(spec.publisher, spec.name)
  const version = versionNumbers(spec.version).join('.')
  const isService = spec.service !== null
  const tree = directoryTree(product, besideExecutable(product))
  const components = [...tree.components, ...(isService ? [AUTOSTART] : [])]
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
        ...properties(spec),
        ...element('Directory', { Id: 'TARGETDIR', Name: 'SourceDir' }, [
          ...element('Directory', { Id: 'ProgramFiles64Folder' }, [
            ...element('Directory', { Id: 'INSTALLDIR', Name: folderName(spec) }, [
              ...tree.lines,
              ...(isService ? autostart(spec, code) : []),
            ]),
          ]),
        ]),
        ...actionElements(actionsOf(product)),
        ...element(
          'Feature',
          { Id: 'Complete', Level: '1' },
          components.flatMap((id) => element('ComponentRef', { Id: id })),
        ),
      ],
    ),
  ])
  return `${['<?xml version="1.0" encoding="utf-8"?>', ...lines].join('\n')}\n`
}

/** All custom actions. */
export function actionsOf(product: StagedProduct): readonly Action[] {
  const { spec, executable } = product
  return [
    ...factActions(),
    ...choiceActions(spec),
    ...serviceActions(product, fileId(product, executable)),
  ]
}

function properties(spec: PackSpec): string[] {
  return [
    ...choiceProperties(spec),
    // Files of the same version too are replaced (REINSTALLMODE: e), as 1.2.0-beta.1 and 1.2.0 are to Windows.
    ...element('Property', { Id: 'REINSTALLMODE', Value: 'emus' }),
    ...(spec.homepage === null
      ? []
      : element('Property', { Id: 'ARPURLINFOABOUT', Value: spec.homepage })),
    ...element('Property', { Id: 'ARPNOMODIFY', Value: '1' }),
  ]
}

/** The component that starts the service; msiPlan gives it its condition, which wixl does not know. */
export const AUTOSTART = 'Autostart'

function autostart(spec: PackSpec, code: string): string[] {
  const { name } = spec
  return element('Component', { Id: AUTOSTART, Guid: stableGuid(AUTOSTART, code), Win64: 'yes' }, [
    ...kept(spec, 'Started', '1', { KeyPath: 'yes' }),
    ...element('ServiceControl', { Id: 'StartService', Name: name, Start: 'install', Wait: 'yes' }),
  ])
}

/** What stands in the component of the executable: what was chosen, and the stop of the service. */
function besideExecutable(product: StagedProduct): readonly string[] {
  const { spec } = product
  const memory = choicesOf(spec).flatMap(({ property }) => kept(spec, property, `[${property}]`))
  if (spec.service === null) return memory
  return [
    ...memory,
    ...kept(spec, REGISTRATION, registration(product)),
    ...kept(spec, OWNER, '[ProductCode]'),
    ...element('ServiceControl', {
      Id: 'StopService',
      Name: spec.name,
      Stop: 'both',
      Remove: 'uninstall',
      Wait: 'yes',
    }),
  ]
}

function kept(spec: PackSpec, name: string, value: string, more = {}): string[] {
  return element('RegistryValue', {
    Root: 'HKLM',
    Key: memoryKey(spec),
    Name: name,
    Type: 'string',
    Value: value,
    ...more,
  })
}
