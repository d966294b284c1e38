/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: macros of NSIS look like that */
import { announce } from './announce.ts'
import { nsisString, variable } from './nsis-text.ts'
import { ASIDE, type NsisFile, type NsisParts } from './parts.ts'
import { indented, removeUpdates } from './shared.ts'
import { takeBack } from './take-back.ts'
import { RELEASE_UPDATES } from './update-lock.ts'
import { callVerb, composeRegistration, run } from './verbs.ts'

/**
 * The steps in order. Each leaves a text in $Failure where it fails, and then all that was done is taken
 * back. What Windows shows of the product is written last: until then nothing there is changed.
 */
export function installSection(parts: NsisParts): string[] {
  const service = parts.spec.service !== null
  const steps = ['MoveAside', 'Extract', ...(service ? ['Register'] : [])]
  return [
    'Section "-install"',
    '  StrCpy $Failure ""',
    '  StrCpy $WasRunning 0',
    '  StrCpy $Extracting 0',
    ...(service
      ? ['  Call ComposeRegistration', '  ${If} $Failure != ""', '    Call Refuse', '  ${EndIf}']
      : []),
    // Of an installation that was cut off by the end of the machine.
    `  RMDir /r "${ASIDE}"`,
    ...(service
      ? [
          '  ${If} $Previous != ""',
          '    Call StopService',
          '    ${If} $0 != 0',
          '      StrCpy $Failure "$(CannotStop) $1"',
          '    ${EndIf}',
          '  ${EndIf}',
        ]
      : []),
    ...steps.flatMap((step) => ['  ${If} $Failure == ""', `    Call ${step}`, '  ${EndIf}']),
    '  ${If} $Failure != ""',
    '    Call TakeBack',
    ...indented(indented(RELEASE_UPDATES)),
    '    StrCpy $Failure "$Failure$\\n$(TakenBack)"',
    '    Call Tell',
    '    SetErrorLevel 2',
    '    Abort "$Failure"',
    '  ${EndIf}',
    `  RMDir /r "${ASIDE}"`,
    // What runs now came after them.
    ...indented(removeUpdates('', parts)),
    '  Call Announce',
    ...indented(RELEASE_UPDATES),
    'SectionEnd',
  ]
}

/** @param whole whether the files of the product are inside; else it is only made for its uninstaller */
export function installFunctions(parts: NsisParts, whole: boolean): string[] {
  return [
    // An installation without windows leaves its words in a file; the exit code is 2.
    'Function Tell',
    '  ClearErrors',
    `  FileOpen $R9 "$TEMP\\${parts.spec.name}-setup.log" w`,
    '  ${IfNot} ${Errors}',
    '    FileWriteUTF16LE /BOM $R9 "$Failure$\\r$\\n"',
    '    FileClose $R9',
    '  ${EndIf}',
    '  MessageBox MB_OK|MB_ICONSTOP "$Failure" /SD IDOK',
    'FunctionEnd',
    ...moveFunctions(),
    // makensis takes a function that nothing calls for a mistake.
    ...(parts.files.some(({ config }) => config) ? same() : []),
    ...extract(parts, whole),
    ...(parts.spec.service === null ? [] : register(parts)),
    ...takeBack(parts),
    ...announce(parts),
  ]
}

/** `uninstall.lst` of the version that is there says which files are its own; all else is the user's. */
function moveFunctions(): string[] {
  const each = (name: string, from: string, to: string, after: string[]): string[] => [
    `Function ${name}`,
    '  ClearErrors',
    `  FileOpen $R1 "${name === 'MoveAside' ? '$INSTDIR' : ASIDE}\\uninstall.lst" r`,
    '  ${If} ${Errors}',
    '    Return',
    '  ${EndIf}',
    '  ${Do}',
    '    ClearErrors',
    '    FileReadUTF16LE $R1 $R2',
    '    ${If} ${Errors}',
    '      ${ExitDo}',
    '    ${EndIf}',
    // Without the end of its line.
    '    StrCpy $R2 $R2 -2',
    `    StrCpy $R3 "${from}\\$R2"`,
    `    StrCpy $R4 "${to}\\$R2"`,
    '    Call MovePatiently',
    ...after,
    '  ${Loop}',
    '  FileClose $R1',
    `  CopyFiles /SILENT "${from}\\uninstall.lst" "${to}\\uninstall.lst"`,
    'FunctionEnd',
  ]
  return [
    // Of $R3 to $R4; a process that has just ended may still hold it.
    'Function MovePatiently',
    '  ${IfNot} ${FileExists} "$R3"',
    '    Return',
    '  ${EndIf}',
    '  ${GetParent} "$R4" $R5',
    '  CreateDirectory "$R5"',
    '  StrCpy $R9 0',
    '  ${Do}',
    '    ClearErrors',
    '    Rename "$R3" "$R4"',
    '    ${IfNot} ${Errors}',
    '      Return',
    '    ${EndIf}',
    '    Sleep 100',
    '    IntOp $R9 $R9 + 1',
    '  ${LoopUntil} $R9 > 100',
    '  StrCpy $Failure "$(CannotReplace)$R3"',
    'FunctionEnd',
    ...each('MoveAside', '$INSTDIR', ASIDE, [
      '    ${If} $Failure != ""',
      '      ${ExitDo}',
      '    ${EndIf}',
    ]),
    ...each('MoveBack', ASIDE, '$INSTDIR', []),
  ]
}

/** Whether the files $R3 and $R4 are the same, byte by byte: $0 is 1. */
function same(): string[] {
  return [
    'Function Same',
    '  StrCpy $0 0',
    '  ClearErrors',
    '  FileOpen $R5 "$R3" r',
    '  FileOpen $R6 "$R4" r',
    '  ${IfNot} ${Errors}',
    '    StrCpy $0 1',
    '    ${Do}',
    // At the end of a file it gives an empty text.
    '      FileReadByte $R5 $R7',
    '      FileReadByte $R6 $R8',
    '      ${If} $R7 != $R8',
    '        StrCpy $0 0',
    '      ${EndIf}',
    '    ${LoopUntil} $R7 == ""',
    '  ${EndIf}',
    '  FileClose $R5',
    '  FileClose $R6',
    '  ClearErrors',
    'FunctionEnd',
  ]
}

function extract({ files, spec }: NsisParts, whole: boolean): string[] {
  const updates = spec.update !== null
  const all = [
    ...files,
    { path: 'uninstall.lst', laid: 'uninstall.lst', source: '', config: false },
  ]
  return [
    'Function Extract',
    '  StrCpy $Extracting 1',
    // An error is a flag and no question, which nobody would answer at an installation without windows.
    '  SetOverwrite try',
    '  SetOutPath "$INSTDIR"',
    ...all.flatMap((file) =>
      indented(
        file.config ? extractConfig(file, { whole, updates }) : extractFile(file, file.path, whole),
      ),
    ),
    '  SetOutPath "$INSTDIR"',
    '  ClearErrors',
    '  WriteUninstaller "$INSTDIR\\uninstall.exe"',
    ...indented(noticeError('uninstall.exe')),
    'FunctionEnd',
  ]
}

function extractFile({ laid }: NsisFile, path: string, whole: boolean): string[] {
  const at = path.lastIndexOf('\\')
  const folder = at < 0 ? [] : [`\\${path.slice(0, at)}`]
  return [
    `SetOutPath ${nsisString(variable('INSTDIR'), ...folder)}`,
    'ClearErrors',
    ...(whole ? [`File ${nsisString(`/oname=${path.slice(at + 1)}`)} "${laid}"`] : []),
    ...noticeError(path),
  ]
}

/** A configuration file is replaced only while it is what the version before brought, which is beside it. */
function extractConfig(
  file: NsisFile,
  { whole, updates }: { readonly whole: boolean; readonly updates: boolean },
): string[] {
  const own = nsisString(variable('INSTDIR'), `\\${file.path}`)
  const aside = (name: string): string => nsisString(variable('INSTDIR'), `\\.previous\\${name}`)
  return [
    ...extractFile(file, `${file.path}.default`, whole),
    ...(updates ? carryOn(file, own, aside(file.path)) : []),
    `StrCpy $R3 ${own}`,
    '${If} ${FileExists} "$R3"',
    `  StrCpy $R4 ${aside(`${file.path}.default`)}`,
    '  Call Same',
    '  ${If} $0 == 1',
    `    StrCpy $R4 ${aside(file.path)}`,
    // Where it is aside already, what is here is a copy.
    '    ${If} ${FileExists} "$R4"',
    '      Delete "$R3"',
    '    ${Else}',
    '      Call MovePatiently',
    '    ${EndIf}',
    '  ${EndIf}',
    '${EndIf}',
    '${IfNot} ${FileExists} "$R3"',
    ...indented(extractFile(file, file.path, whole)),
    '${EndIf}',
  ]
}

/** Where the program has updated itself, what was changed is in the directory of the version that runs. */
function carryOn({ path }: NsisFile, own: string, aside: string): string[] {
  return [
    `StrCpy $R3 ${nsisString(variable('Current'), `\\${path}`)}`,
    `StrCpy $R4 ${nsisString(variable('Current'), `\\${path}.default`)}`,
    'Call Same',
    '${If} $Current != ""',
    '${AndIf} ${FileExists} "$R3"',
    '${AndIf} $0 != 1',
    `  StrCpy $R3 ${own}`,
    `  StrCpy $R4 ${aside}`,
    '  Call MovePatiently',
    '  ClearErrors',
    `  CopyFiles /SILENT ${nsisString(variable('Current'), `\\${path}`)} ${own}`,
    ...indented(noticeError(path)),
    '${EndIf}',
  ]
}

function noticeError(path: string): string[] {
  return [
    '${If} ${Errors}',
    `  StrCpy $Failure ${nsisString(variable('(CannotWrite)'), path)}`,
    '  Return',
    '${EndIf}',
  ]
}

function register(parts: NsisParts): string[] {
  return [
    'Function ComposeRegistration',
    ...indented(composeRegistration(parts)),
    'FunctionEnd',
    'Function Register',
    ...indented(run('$Registration')),
    '  ${If} $0 != 0',
    '    StrCpy $Failure "$(CannotInstall)$1"',
    '    Return',
    '  ${EndIf}',
    '  ${If} $Previous == ""',
    '    StrCpy $R0 $Setting_AUTOSTART',
    '  ${Else}',
    // Who had stopped it did not want it to run.
    '    StrCpy $R0 $WasRunning',
    '  ${EndIf}',
    '  ${If} $R0 == 1',
    ...indented(indented(callVerb(parts, 'start'))),
    '    ${If} $0 != 0',
    '      StrCpy $Failure "$(CannotStart)$1"',
    '    ${EndIf}',
    '  ${EndIf}',
    'FunctionEnd',
  ]
}
