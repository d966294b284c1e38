import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname } from 'node:path'
import type { SpawnRequest, SpawnResult } from '../../../model/ports/spawner.ts'
import { isExecutable } from './find-program.ts'

export type SpawnFailure = NonNullable<SpawnResult['failure']>

/** execve(2): no more of the first line of a script is read. */
const FIRST_LINE = 256

const REMEDIES: Readonly<Record<string, string>> = {
  E2BIG: 'pass less in arguments and environment',
  EAGAIN: 'raise the limit of processes (ulimit -u, or pids.max of the control group)',
  EINVAL: 'take the NUL character out of the arguments and the environment',
  EMFILE: 'raise the limit of open files (ulimit -n)',
  ENFILE: 'raise the limit of open files of the system (fs.file-max)',
  ENOEXEC: 'begin the script with a line such as #!/bin/sh, or build the program for this machine',
  ENOMEM: 'free memory, or raise the limit',
  ETXTBSY: 'wait until nobody writes to the program any more',
}

export function failure(errno: string, what: string, remedy?: string): SpawnResult {
  const advice = remedy ?? REMEDIES[errno] ?? 'see errno(3)'
  return { child: null, failure: { errno, what, remedy: advice } }
}

/** `ENOENT` for 2. */
export function errnoName(number: number): string {
  const entry = Object.entries(constants.errno).find(([, value]) => value === number)
  return entry?.[0] ?? `E${number}`
}

/**
 * What is at fault, as far as can be seen from here: the directory, the program, its interpreter, a
 * path of a descriptor. An errno of exec alone does not say which of them.
 *
 * @param program path found for the request
 * @returns null where nothing is wrong to be seen
 */
export function visibleFault(request: SpawnRequest, program: string | null): SpawnResult | null {
  const { cwd, file, stdio } = request
  const directory = kindOf(cwd)
  if (directory === 'missing') return failure('ENOENT', cwd, 'create the directory, or mend cwd')
  if (directory === 'denied') return failure('EACCES', cwd, 'let the guard enter the directory')
  if (directory !== 'directory') return failure('ENOTDIR', cwd, 'name a directory as cwd')
  if (!isExecutable(cwd)) return failure('EACCES', cwd, 'let the guard enter the directory')
  const fault = programFault(file, program)
  if (fault !== null) return fault
  for (const one of stdio) {
    if (one.kind !== 'fifo' && one.kind !== 'append') continue
    const made = one.kind === 'append' ? dirname(one.path) : one.path
    if (kindOf(made) === 'missing') return failure('ENOENT', made, 'create it')
  }
  return null
}

function programFault(file: string, program: string | null): SpawnResult | null {
  if (program === null) {
    return failure(
      'ENOENT',
      file,
      'install the program, or name its path; PATH does not lead to it',
    )
  }
  switch (kindOf(program)) {
    case 'missing':
      return failure('ENOENT', program, 'install the program, or mend its path')
    case 'denied':
      return failure('EACCES', program, 'let the guard enter the directories that lead to it')
    case 'directory':
      return failure('EACCES', program, 'name a program: this is a directory')
    case 'file':
      break
  }
  if (!isExecutable(program)) {
    return failure('EACCES', program, `make it executable: chmod +x ${program}`)
  }
  const interpreter = interpreterOf(program)
  if (interpreter === null) return null
  const kind = kindOf(interpreter)
  if (kind === 'missing') {
    return failure('ENOENT', interpreter, `install it, or mend the first line of ${program}`)
  }
  if (kind !== 'file' || !isExecutable(interpreter)) {
    return failure('EACCES', interpreter, `it runs ${program}: make it executable`)
  }
  return null
}

/** What the first line of a script names behind `#!`; null for what is no script. */
function interpreterOf(program: string): string | null {
  const bytes = Buffer.alloc(FIRST_LINE)
  try {
    const fd = openSync(program, 'r')
    try {
      readSync(fd, bytes, 0, FIRST_LINE, 0)
    } finally {
      closeSync(fd)
    }
  } catch {
    return null
  }
  return /^#![ \t]*([^\s\0]+)/.exec(bytes.toString())?.[1] ?? null
}

function kindOf(path: string): 'file' | 'directory' | 'missing' | 'denied' {
  try {
    const entry = statSync(path, { throwIfNoEntry: false })
    if (entry === undefined) return 'missing'
    return entry.isDirectory() ? 'directory' : 'file'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'denied' : 'missing'
  }
}
