import type { SpawnResult } from '../../../model/ports/spawner.ts'

/** <winerror.h>: what a start fails with, as the errno that is nearest, and what to do. */
const FAULTS: Readonly<Record<number, readonly [errno: string, remedy: string]>> = {
  2: ['ENOENT', 'install the program, or mend its path'],
  3: ['ENOENT', 'create the directory, or mend the path'],
  4: ['EMFILE', 'close what has too many files open'],
  5: ['EACCES', 'let the account that stead runs as read and execute it'],
  8: ['ENOMEM', 'free memory'],
  14: ['ENOMEM', 'free memory'],
  32: ['ETXTBSY', 'wait until nobody else has it open for themselves'],
  53: ['ENOENT', 'see whether the other computer can be reached from the account of stead'],
  67: ['ENOENT', 'see whether the share can be reached from the account of stead'],
  87: ['EINVAL', 'see what the arguments are'],
  123: ['ENOENT', 'mend the path: Windows knows no such name'],
  183: ['EEXIST', 'see who has a job object of that name: an earlier life may not have ended'],
  193: ['ENOEXEC', 'name the interpreter as the program, or build it for 64-bit Windows'],
  206: ['ENAMETOOLONG', 'use a shorter path; CreateProcessW takes 260 characters for a directory'],
  216: ['ENOEXEC', 'build the program for the processor of this machine'],
  225: ['EACCES', 'see what the virus scanner has against it'],
  226: ['EACCES', 'see what the virus scanner has against it'],
  267: ['ENOTDIR', 'name a directory as cwd'],
  740: [
    'EPERM',
    'run stead with administrator rights, or take requireAdministrator out of the manifest of the program',
  ],
  1260: ['EACCES', 'see which group policy (AppLocker, software restriction) blocks it'],
  1450: ['EAGAIN', 'close programs: the system is short of resources'],
  1455: ['ENOMEM', 'free memory, or enlarge the paging file'],
  1816: ['EAGAIN', 'raise the quota of the account'],
}

export function failure(errno: string, what: string, remedy: string): SpawnResult {
  return { child: null, failure: { errno, what, remedy } }
}

/** A failed call, by its number of <winerror.h>; one that has no errno is called by its number. */
export function windowsFailure(error: number, what: string): SpawnResult {
  const [errno, remedy] = FAULTS[error] ?? [`WIN32_${error}`, `see "net helpmsg ${error}"`]
  return failure(errno, what, remedy)
}
