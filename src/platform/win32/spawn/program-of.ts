import { statSync } from 'node:fs'
import { win32 } from 'node:path'
import type { SpawnRequest, SpawnResult } from '../../../model/ports/spawner.ts'
import { systemDirectory } from './console-host.ts'
import { variable } from './environment-block.ts'
import { findProgram } from './find-program.ts'
import { batchCommandLine, programCommandLine, type Unquotable } from './program-command.ts'
import { failure } from './spawn-failure.ts'

export interface Program {
  /** Absolute, of an executable: lpApplicationName. */
  readonly application: string
  readonly commandLine: string
}

/** Scripts that Node runs. */
const NODE_SCRIPTS = ['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts']

/**
 * What CreateProcessW shall run for a request: an executable as it is; a batch file by the cmd.exe of
 * the system; a PowerShell script by the powershell.exe of the system, and one for Node by the
 * node.exe of the child's PATH. Other files need their interpreter named.
 */
export function programOf(request: SpawnRequest): Program | { readonly fault: SpawnResult } {
  const { file, args, cwd } = request
  const directory = directoryFault(cwd)
  if (directory !== null) return { fault: directory }
  const found = findProgram(request)
  if (found === null) return { fault: notFound(file, cwd) }
  const rest = args.slice(1)
  const ending = win32.extname(found).toLowerCase()
  if (ending === '.bat' || ending === '.cmd') {
    const cmd = win32.join(systemDirectory(), 'cmd.exe')
    return finished(file, cmd, batchCommandLine(cmd, found, rest))
  }
  if (ending === '.ps1') {
    const shell = win32.join(systemDirectory(), 'WindowsPowerShell', 'v1.0', 'powershell.exe')
    const flags = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass']
    const words = [shell, ...flags, '-File', found, ...rest]
    return finished(file, shell, programCommandLine(words))
  }
  if (NODE_SCRIPTS.includes(ending)) {
    const node = findProgram({ ...request, file: 'node.exe' })
    if (node === null) {
      const remedy = `install Node, or let PATH lead to it: it runs ${found}`
      return { fault: failure('ENOENT', 'node.exe', remedy) }
    }
    return finished(file, node, programCommandLine([node, found, ...rest]))
  }
  return finished(file, found, programCommandLine([args[0] ?? found, ...rest]))
}

function finished(
  file: string,
  application: string,
  line: string | Unquotable,
): Program | { readonly fault: SpawnResult } {
  if (typeof line === 'string') return { application, commandLine: line }
  const remedy =
    line.errno === 'E2BIG'
      ? `pass less in arguments: ${line.problem}`
      : `${line.problem}; pass it in a file or in the environment`
  return { fault: failure(line.errno, file, remedy) }
}

function notFound(file: string, cwd: string): SpawnResult {
  if (!/[\\/:]/.test(file)) {
    const remedy = 'install the program, or name its path; PATH does not lead to it'
    return failure('ENOENT', file, remedy)
  }
  const path = win32.resolve(cwd, file)
  if (kindOf(path) === 'directory') {
    return failure('EACCES', path, 'name a program: this is a directory')
  }
  return failure('ENOENT', path, 'install the program, or mend its path')
}

function directoryFault(cwd: string): SpawnResult | null {
  switch (kindOf(cwd)) {
    case 'directory':
      return null
    case 'missing':
      return failure('ENOENT', cwd, 'create the directory, or mend cwd')
    case 'denied':
      return failure('EACCES', cwd, 'let the account that stead runs as enter the directory')
    case 'file':
      return failure('ENOTDIR', cwd, 'name a directory as cwd')
  }
}

function kindOf(path: string): 'file' | 'directory' | 'missing' | 'denied' {
  try {
    const entry = statSync(path, { throwIfNoEntry: false })
    if (entry === undefined) return 'missing'
    return entry.isDirectory() ? 'directory' : 'file'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'missing'
  }
}

/** SystemRoot of this process: C:\Windows. */
export function systemRoot(): string | null {
  return variable(process.env as Readonly<Record<string, string>>, 'SystemRoot')
}
