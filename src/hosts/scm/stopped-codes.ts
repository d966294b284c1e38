import { type Exit, succeeded } from '../../model/exit.ts'
import { WIN32 } from '../../model/windows-error.ts'

/** Errors of a program that could not be started, as Windows has them: <winerror.h>. */
const NUMBERS: Readonly<Record<string, number>> = {
  ENOENT: WIN32.FILE_NOT_FOUND,
  EACCES: WIN32.ACCESS_DENIED,
  ENOEXEC: WIN32.BAD_EXE_FORMAT,
  ENOTDIR: WIN32.NOT_A_DIRECTORY,
}

/**
 * dwWin32ExitCode and dwServiceSpecificExitCode of SERVICE_STOPPED (SERVICE_STATUS, <winsvc.h>): a
 * program that ended by itself has its own code behind ERROR_SERVICE_SPECIFIC_ERROR, one that could
 * not be started the number of Windows that says why.
 */
export function stoppedCodes(exit: Exit): [win32: number, specific: number] {
  if (succeeded(exit)) return [0, 0]
  if (exit.kind === 'code') return [WIN32.SERVICE_SPECIFIC_ERROR, exit.code]
  const number = exit.kind === 'spawn-error' ? spawnNumber(exit.errno) : null
  return number === null ? [WIN32.SERVICE_SPECIFIC_ERROR, 1] : [number, 0]
}

function spawnNumber(errno: string): number | null {
  const raw = /^WIN32_(\d+)$/.exec(errno)?.[1]
  return raw === undefined ? (NUMBERS[errno] ?? null) : Number(raw)
}
