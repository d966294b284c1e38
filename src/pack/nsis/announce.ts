/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: macros of NSIS look like that */
import { VERSION_RANK, versionRank } from '../../model/version-order.ts'
import { folderName } from '../windows-names.ts'
import { nsisString, variable } from './nsis-text.ts'
import type { NsisParts } from './parts.ts'
import { settingVariable } from './verbs.ts'

/** What Windows and its users see: Add/Remove Programs and the menu. */
export function announce(parts: NsisParts): string[] {
  const { spec, key, executable, settings } = parts
  const menu = ['\\', folderName(spec)] as const
  const write = (name: string, value: string): string =>
    `  WriteRegStr HKLM "${key}" "${name}" ${value}`
  return [
    'Function Announce',
    write('DisplayName', nsisString(spec.displayName)),
    write('DisplayVersion', nsisString(spec.version)),
    write(VERSION_RANK, nsisString(versionRank(spec.version))),
    `  DeleteRegValue HKLM "${key}" "Current"`,
    write('Publisher', nsisString(spec.publisher)),
    ...(spec.homepage === null ? [] : [write('URLInfoAbout', nsisString(spec.homepage))]),
    write('DisplayIcon', nsisString(variable('INSTDIR'), `\\${executable}`)),
    write('InstallLocation', '$INSTDIR'),
    write('UninstallString', nsisString('"', variable('INSTDIR'), '\\uninstall.exe"')),
    write('QuietUninstallString', nsisString('"', variable('INSTDIR'), '\\uninstall.exe" /S')),
    write('Registration', '$Registration'),
    ...['AUTOSTART', 'RESTART', ...settings.map(({ property }) => property)].map((property) =>
      write(`Setting ${property}`, `$${settingVariable(property)}`),
    ),
    `  WriteRegDWORD HKLM "${key}" "NoModify" 1`,
    `  WriteRegDWORD HKLM "${key}" "NoRepair" 1`,
    '  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2',
    `  WriteRegDWORD HKLM "${key}" "EstimatedSize" $0`,
    `  CreateDirectory ${nsisString(variable('SMPROGRAMS'), ...menu)}`,
    `  CreateShortcut ${nsisString(variable('SMPROGRAMS'), ...menu, '\\', variable('(Uninstall)'), '.lnk')} "$INSTDIR\\uninstall.exe"`,
    ...(spec.homepage === null
      ? []
      : [
          `  WriteINIStr ${nsisString(variable('SMPROGRAMS'), ...menu, `\\${folderName(spec)}.url`)} "InternetShortcut" "URL" ${nsisString(spec.homepage)}`,
        ]),
    'FunctionEnd',
  ]
}
