import { win32 } from 'node:path'
import { SteadError } from '../errors.ts'
import type { FileSecurity } from '../model/ports/file-security.ts'
import { type PathPart, whoMayReplace } from '../model/replaceable.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { LOCAL_SERVICE } from '../model/windows-account.ts'

export interface ReplaceablePorts {
  readonly security: FileSecurity
  /** Whether a path names a file. */
  isFile(path: string): Promise<boolean>
}

export interface ReplaceableOptions {
  /** Files that the service runs beside its own program: those of stead. */
  readonly beside: readonly string[]
  /** `--allow-writable`: what is found is told, and not refused. */
  readonly allowed: boolean
  /** As whom it runs, in words, where that is not the account of the spec. */
  readonly account?: string
}

/** Programs that run a file which one of their arguments names. */
const INTERPRETERS =
  /^(node|bun|deno|py|pythonw?|pythonservice|pwsh|powershell|cmd|wscript|cscript|perl|ruby|php(-cgi)?|javaw?|dotnet|bash|sh)[\d.]*(\.exe)?$/i
const SCRIPTS = /\.([cm]?[jt]s|pyw?|pyz|ps1|bat|cmd|vbs|wsf|pl|rb|php|jar|war|dll|sh)$/i

/**
 * Looks whether ordinary users can replace what a service runs: its program, the script that an
 * interpreter is to run, its env file (whose variables load code), and the folders that they are in,
 * up to the root. Whoever can, can act as the account of the service; that of a service has rights that
 * users lack in any case (LocalService may impersonate who talks to it).
 *
 * @param spec with whole paths
 * @returns notes for the plan
 * @throws PROGRAM_REPLACEABLE unless it is allowed
 */
export async function checkReplaceable(
  spec: ServiceSpec,
  ports: ReplaceablePorts,
  { beside, allowed, account = spec.user ?? LOCAL_SERVICE }: ReplaceableOptions,
): Promise<string[]> {
  const notes: string[] = []
  const seen = new Set<string>()
  for (const file of [...(await filesOf(spec, ports)), ...beside]) {
    for (const [path, part] of wayTo(file)) {
      const key = `${part} ${path.toLowerCase()}`
      if (seen.has(key)) continue
      seen.add(key)
      const descriptor = await ports.security.descriptor(path)
      if (descriptor === null) {
        notes.push(`who may change ${path} could not be found out`)
        continue
      }
      const who = whoMayReplace(descriptor, part)
      if (who === null) continue
      if (!allowed) throw new SteadError('PROGRAM_REPLACEABLE', { path, file, who, account })
      notes.push(`${who} can replace ${file} by way of ${path}, and so act as ${account}`)
    }
  }
  return notes
}

async function filesOf(spec: ServiceSpec, { isFile }: ReplaceablePorts): Promise<string[]> {
  const files = [spec.file]
  if (spec.envFile !== null) files.push(spec.envFile)
  if (!INTERPRETERS.test(win32.basename(spec.file))) return files
  for (const argument of spec.args) {
    const path = pathIn(argument, spec.cwd)
    if (path === null || !SCRIPTS.test(path) || !(await isFile(path))) continue
    files.push(path)
  }
  return files
}

/** The file that an argument names: a path, from the directory of the service, or a file URL. */
function pathIn(argument: string, cwd: string | null): string | null {
  const path = /^file:\/\/\//i.test(argument)
    ? decoded(argument.slice('file:///'.length)).replaceAll('/', '\\')
    : argument
  if (win32.isAbsolute(path)) return win32.normalize(path)
  return cwd === null ? null : win32.join(cwd, path)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A file, its folder, and the folders above up to the root of the drive or share. */
function wayTo(file: string): [string, PathPart][] {
  const way: [string, PathPart][] = [[file, 'file']]
  let part: PathPart = 'folder'
  let at = file
  for (;;) {
    const above = win32.dirname(at)
    if (above === at) return way
    way.push([above, part])
    part = 'ancestor'
    at = above
  }
}
