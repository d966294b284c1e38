/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: macros of NSIS look like that */
import { HOME, type NsisParts } from './parts.ts'

/** ERROR_INSTALL_ALREADY_RUNNING of <winerror.h>, on which tools for many machines try again later. */
const ALREADY_RUNNING = 1618

const INVALID_HANDLE_VALUE = -1
const ERROR_SHARING_VIOLATION = 32

/**
 * Has nobody else install, update or remove the program, by the lock of its `update`: a file that goes with
 * its holder, opened as `platform/win32/locks.ts` does, with the number of the process in it. There is no
 * such directory before a program of stead has changed a service on this machine; it is not made here, as
 * every user could write to it then.
 */
export function holdUpdates(prefix: '' | 'un.', { spec }: NsisParts): string[] {
  const tell = prefix === '' ? 'Call Tell' : 'MessageBox MB_OK|MB_ICONSTOP "$Failure" /SD IDOK'
  return [
    `Function ${prefix}HoldUpdates`,
    '  StrCpy $UpdateLock ""',
    `  StrCpy $R1 "${HOME.run}\\${spec.name}.update.lock"`,
    `  System::Call "kernel32::CreateFileW(w R1, i 0xC0000000, i 5, p 0, i 4, i 0x04000080, p 0) p .R2 ?e"`,
    '  Pop $R3',
    `  \${If} $R2 != ${INVALID_HANDLE_VALUE}`,
    '    StrCpy $UpdateLock $R2',
    '    System::Call "kernel32::GetCurrentProcessId() i .R3"',
    '    FileWrite $UpdateLock "$R3$\\n"',
    `  \${ElseIf} $R3 == ${ERROR_SHARING_VIOLATION}`,
    '    StrCpy $R3 ""',
    // FileOpen shares too little to look into what somebody writes to.
    '    System::Call "kernel32::CreateFileW(w R1, i 0x80000000, i 7, p 0, i 3, i 0, p 0) p .R2"',
    '    FileRead $R2 $R3',
    '    FileClose $R2',
    '    StrCpy $Failure "$(InWork)$R3"',
    `    ${tell}`,
    `    SetErrorLevel ${ALREADY_RUNNING}`,
    '    Quit',
    '  ${EndIf}',
    'FunctionEnd',
  ]
}

/** What is at its end, and may show a window for a while still, is in nobody's way. */
export const RELEASE_UPDATES = ['FileClose $UpdateLock', 'StrCpy $UpdateLock ""'] as const
