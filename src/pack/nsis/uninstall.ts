/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: macros of NSIS look like that */
import { homeDirectories } from '../../model/home.ts'
import { folderName } from '../windows-names.ts'
import { nsisString, variable } from './nsis-text.ts'
import { foldersOf, HOME, type NsisParts } from './parts.ts'
import { indented, removeUpdates } from './shared.ts'
import { RELEASE_UPDATES } from './update-lock.ts'
import { callVerb, run } from './verbs.ts'

/** Exit code of the verbs for a service that is not there. */
const NOT_INSTALLED = 5

/**
 * The service first, since with its files gone nobody could remove it; what is not the product's, such as data of a
 * user in its directory, stays.
 */
export function uninstallSection(parts: NsisParts): string[] {
  const { spec, files, key } = parts
  const paths = files.flatMap(({ path, config }) => (config ? [path, `${path}.default`] : [path]))
  return [
    'Function un.onInit',
    '  Call un.PrepareAsAdministrator',
    ...(spec.service === null ? [] : ['  Call un.HoldUpdates']),
    'FunctionEnd',
    'Section "un.install"',
    ...(spec.service === null ? [] : indented(removeService(parts))),
    ...[...paths, 'uninstall.lst', 'uninstall.exe'].flatMap((path) => [
      `  StrCpy $R0 ${nsisString(variable('INSTDIR'), `\\${path}`)}`,
      '  Call un.DeletePatiently',
    ]),
    '  SetOutPath "$TEMP"',
    ...indented(removeUpdates('un.', parts)),
    ...foldersOf(files).map(
      (folder) => `  RMDir ${nsisString(variable('INSTDIR'), `\\${folder}`)}`,
    ),
    ...indented(removeTraces(spec.name)),
    '  StrCpy $R0 "$INSTDIR"',
    '  Call un.RemoveFolderPatiently',
    `  RMDir /r ${nsisString(variable('SMPROGRAMS'), `\\${folderName(spec)}`)}`,
    `  DeleteRegKey HKLM "${key}"`,
    'SectionEnd',
  ]
}

function removeService(parts: NsisParts): string[] {
  const executable = nsisString(variable('INSTDIR'), `\\${parts.executable}`)
  return [
    'Call un.StopService',
    `StrCpy $R0 ${executable}`,
    '${If} ${FileExists} "$R0"',
    ...indented(callVerb(parts, 'uninstall')),
    '${Else}',
    // Somebody has removed it, a scanner of viruses perhaps.
    ...indented(run(nsisString('"', variable('SYSDIR'), `\\sc.exe" delete ${parts.spec.name}`))),
    `  StrCpy $0 ${NOT_INSTALLED}`,
    '${EndIf}',
    '${If} $0 != 0',
    `\${AndIf} $0 != ${NOT_INSTALLED}`,
    '  MessageBox MB_OK|MB_ICONSTOP "$(CannotUninstall)$1" /SD IDOK',
    '  SetErrorLevel 2',
    '  Abort "$(CannotUninstall)$1"',
    '${EndIf}',
  ]
}

/** What a service of stead leaves beside what was installed; whoever has called it keeps the rest. */
export function removeTraces(name: string): string[] {
  const log = `${HOME.logs}\\${name}.log`
  return [
    ...RELEASE_UPDATES,
    // The executable puts native parts there at its first start, named by their hashes.
    'Delete "$INSTDIR\\addons\\*.node"',
    'RMDir "$INSTDIR\\addons"',
    `Delete "${log}"`,
    `Delete "${log}.1"`,
    ...homeDirectories(HOME).map((directory) => `RMDir "${directory}"`),
  ]
}
