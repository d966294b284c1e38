/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: macros of NSIS look like that */
import type { NsisParts } from './parts.ts'
import { holdUpdates } from './update-lock.ts'
import { callVerb } from './verbs.ts'

/** Turns of 100 ms for which a file that is still open is waited for. */
const PATIENCE = 100

/**
 * Functions that the installer and the uninstaller both need. NSIS compiles each for one of them: those of the
 * uninstaller have the prefix `un.`.
 */
export function sharedFunctions(prefix: '' | 'un.', parts: NsisParts): string[] {
  return [
    `Function ${prefix}PrepareAsAdministrator`,
    '  SetRegView 64',
    // The menu of all users, and ProgramData.
    '  SetShellVarContext all',
    '  UserInfo::GetAccountType',
    '  Pop $0',
    '  ${If} $0 != "admin"',
    '    MessageBox MB_OK|MB_ICONSTOP "$(NeedsAdministrator)" /SD IDOK',
    // ERROR_ELEVATION_REQUIRED
    '    SetErrorLevel 740',
    '    Quit',
    '  ${EndIf}',
    'FunctionEnd',
    // Of $R0, which a process that has just ended may still hold; the errors flag says that it is still there.
    `Function ${prefix}DeletePatiently`,
    '  StrCpy $R9 0',
    '  ${Do}',
    '    ClearErrors',
    '    Delete "$R0"',
    '    ${IfNot} ${FileExists} "$R0"',
    '      ClearErrors',
    '      Return',
    '    ${EndIf}',
    '    Sleep 100',
    '    IntOp $R9 $R9 + 1',
    `  \${LoopUntil} $R9 > ${PATIENCE}`,
    '  SetErrors',
    'FunctionEnd',
    // $R0, where nothing is left in it: a process that has just ended may still have it as its directory.
    `Function ${prefix}RemoveFolderPatiently`,
    '  StrCpy $R9 0',
    '  ${Do}',
    '    RMDir "$R0"',
    // -1 for none, 1 for one with something in it.
    '    ${DirState} "$R0" $R8',
    '    ${If} $R8 != 0',
    '      Return',
    '    ${EndIf}',
    '    Sleep 100',
    '    IntOp $R9 $R9 + 1',
    `  \${LoopUntil} $R9 > ${PATIENCE}`,
    'FunctionEnd',
    ...(parts.spec.update === null ? [] : removeTree(prefix)),
    ...(parts.spec.service === null ? [] : [...stop(prefix, parts), ...holdUpdates(prefix, parts)]),
  ]
}

/** Of $R0 with all that is in it, once nobody has a file of it open any more. */
function removeTree(prefix: string): string[] {
  return [
    `Function ${prefix}RemoveTreePatiently`,
    '  StrCpy $R9 0',
    '  ${Do}',
    '    RMDir /r "$R0"',
    '    ${IfNot} ${FileExists} "$R0\\*.*"',
    '      Return',
    '    ${EndIf}',
    '    Sleep 100',
    '    IntOp $R9 $R9 + 1',
    `  \${LoopUntil} $R9 > ${PATIENCE}`,
    'FunctionEnd',
  ]
}

/** Where the program has updated itself (docs/adr/0128). */
export function removeUpdates(prefix: '' | 'un.', { spec }: NsisParts): string[] {
  if (spec.update === null) return []
  return ['StrCpy $R0 "$INSTDIR\\versions"', `Call ${prefix}RemoveTreePatiently`]
}

/** $0 is 0 where it is stopped, or was not there. */
function stop(prefix: string, parts: NsisParts): string[] {
  return [
    `Function ${prefix}StopService`,
    '  StrCpy $WasRunning 0',
    ...indented(callVerb(parts, 'status')),
    '  ${If} $0 == 0',
    '    StrCpy $WasRunning 1',
    ...indented(indented(callVerb(parts, 'stop'))),
    '  ${Else}',
    '    StrCpy $0 0',
    '  ${EndIf}',
    'FunctionEnd',
  ]
}

export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}
