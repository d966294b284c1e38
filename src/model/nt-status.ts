/** Numbers of <ntstatus.h> that a process of Windows ends with when something ended it. */
const MEANING: Readonly<Record<number, string>> = {
  1073807364: 'the system or its job ended it',
  2147483651: 'a breakpoint, with no debugger',
  3221225477: 'access violation',
  3221225478: 'a page of its memory could not be read in',
  3221225480: 'an invalid handle',
  3221225495: 'no memory was left',
  3221225501: 'an illegal instruction',
  3221225506: 'access denied',
  3221225595: 'a program or DLL for another kind of processor',
  3221225620: 'an integer divided by zero',
  3221225622: 'a privileged instruction',
  3221225725: 'stack overflow',
  3221225781: 'a DLL was not found',
  3221225785: 'a DLL does not have a function that is needed',
  3221225786: 'ended by Ctrl-C',
  3221225794: 'a DLL failed to initialise',
  3221226356: 'heap corruption',
  3221226505: 'it ended itself at once: stack or memory was found damaged, or it aborted',
  3762504530: 'an exception of .NET that nobody caught',
  3765269347: 'an exception of C++ that nobody caught',
}

/** Errors (severity 3 in the two highest bits) of <ntstatus.h>. */
const FIRST_ERROR = 0xc0000000

/**
 * An exit code as Windows has it for a crash: `0xC0000005, access violation`; null for a code that
 * programs end with by themselves.
 */
export function describeNtStatus(code: number): string | null {
  const meaning = MEANING[code]
  if (meaning === undefined && code < FIRST_ERROR) return null
  const number = `0x${code.toString(16).toUpperCase().padStart(8, '0')}`
  return meaning === undefined ? number : `${number}, ${meaning}`
}
