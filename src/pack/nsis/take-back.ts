/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: macros of NSIS look like that */
import { nsisString, variable } from './nsis-text.ts'
import { ASIDE, foldersOf, type NsisParts } from './parts.ts'
import { indented } from './shared.ts'
import { removeTraces } from './uninstall.ts'
import { callVerb, run } from './verbs.ts'

/** What the installer adds to the files of the product. */
const OWN = ['uninstall.lst', 'uninstall.exe']

/** What is there is the new version as far as it came; what was there is aside, and its registration is known. */
export function takeBack(parts: NsisParts): string[] {
  const { files, spec } = parts
  const service = spec.service !== null
  const remove = (path: string): string[] => [
    `StrCpy $R0 ${nsisString(variable('INSTDIR'), `\\${path}`)}`,
    'Call DeletePatiently',
  ]
  const configs = files.filter(({ config }) => config)
  return [
    'Function TakeBack',
    ...(service
      ? indented([
          ...callVerb(parts, 'stop'),
          '${If} $Previous == ""',
          ...callVerb(parts, 'uninstall'),
          '${EndIf}',
        ])
      : []),
    // Until then all files that are there are the old ones.
    '  ${If} $Extracting == 1',
    ...configs.flatMap(({ path }) =>
      indented([
        `StrCpy $R3 ${nsisString(variable('INSTDIR'), `\\${path}`)}`,
        `StrCpy $R4 ${nsisString(variable('INSTDIR'), `\\${path}.default`)}`,
        'Call Same',
        '${If} $0 == 1',
        '  Delete $R3',
        '${EndIf}',
        `StrCpy $R4 $R3`,
        `StrCpy $R3 ${nsisString(variable('INSTDIR'), `\\.previous\\${path}`)}`,
        // What was here before is aside; a copy of what an update had is in its place.
        '${If} ${FileExists} "$R3"',
        '  Delete "$R4"',
        '${EndIf}',
        'Call MovePatiently',
      ]),
    ),
    ...[...files.map(({ path, config }) => (config ? `${path}.default` : path)), ...OWN].flatMap(
      (path) => indented(remove(path)),
    ),
    '  ${EndIf}',
    '  ${If} $Previous != ""',
    '    Call MoveBack',
    `    RMDir /r "${ASIDE}"`,
    ...(service
      ? indented([
          ...run('$OldRegistration'),
          '${If} $WasRunning == 1',
          ...indented(callVerb(parts, 'start')),
          '${EndIf}',
        ])
      : []),
    '  ${Else}',
    '    SetOutPath "$TEMP"',
    ...foldersOf(files).map(
      (folder) => `    RMDir ${nsisString(variable('INSTDIR'), `\\${folder}`)}`,
    ),
    ...indented(indented(removeTraces(spec.name))),
    '    StrCpy $R0 "$INSTDIR"',
    '    Call RemoveFolderPatiently',
    '  ${EndIf}',
    'FunctionEnd',
  ]
}
