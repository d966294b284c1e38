/** What packing needs of this machine. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { SteadError } from '../errors.ts'
import { eventMessageTables } from '../managers/scm/event-messages/message-file.ts'
import type { PackSpec } from '../model/pack-spec.ts'
import type { FormatBuilder, PackTool } from '../model/staged-product.ts'
import { signAdHoc } from '../pack/macho/ad-hoc-signature.ts'
import { PACK_FILE, readPackFile } from '../pack/spec/read-pack-file.ts'
import { systemClock } from '../platform/clock.ts'
import { nodeCommandRunner } from '../platform/command-runner.ts'
import type { ExecutablePorts } from '../platform/pack/executable.ts'
import { npmClient } from '../platform/pack/npm-client.ts'
import { packageCache } from '../platform/pack/package-cache.ts'
import { pipedPassword } from '../platform/password-prompt.ts'
import type { CodesignPorts } from './pack-codesign.ts'
import { packFormats } from './pack-formats.ts'
import type { SigningPorts } from './pack-signing.ts'
import { version } from './version.ts'

export interface PackPorts extends ExecutablePorts {
  readonly builders: readonly FormatBuilder[]
}

export function composePack(): PackPorts {
  return {
    packages: packageCache({ directory: cacheDirectory(), npm: npmClient(process.env) }),
    stead: version(),
    messages: eventMessageTables(),
    signAdHoc,
    builders: packFormats(nodeCommandRunner()),
  }
}

/** Of the user, as caches are: XDG base directories, Library on macOS, the local data on Windows. */
function cacheDirectory(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (process.platform === 'win32')
    return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'stead', 'pack')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'stead', 'pack')
  const base = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : null
  return join(base ?? join(homedir(), '.cache'), 'stead', 'pack')
}

export interface FoundPackFile {
  readonly spec: PackSpec
  /** Where the pack file is; hooks run there. */
  readonly directory: string
}

/**
 * The pack file that is named, else stead.pack.yaml of this directory, else the part of its package.json.
 *
 * @throws PACK_FILE_MISSING, PACK_FILE_INVALID, FILE_UNREADABLE
 */
export function findPackFile(named: string | undefined): FoundPackFile {
  const directory = named === undefined ? process.cwd() : dirname(resolve(named))
  const packageText = textOf(join(directory, 'package.json'))
  const own = named === undefined ? join(directory, PACK_FILE) : resolve(named)
  const text = textOf(own)
  if (text !== null) return { directory, spec: read(own, text) }
  if (named !== undefined)
    throw new SteadError('FILE_UNREADABLE', { path: own, reason: 'there is no such file' })
  if (packageText === null || !hasPart(packageText))
    throw new SteadError('PACK_FILE_MISSING', { directory })
  return { directory, spec: read(join(directory, 'package.json'), packageText) }

  function read(path: string, content: string): PackSpec {
    const local = (one: string): string => resolve(directory, one)
    return readPackFile({ path, text: content, packageText, resolve: local, kindOf })
  }
}

function hasPart(packageText: string): boolean {
  try {
    const { stead } = JSON.parse(packageText) as { stead?: { pack?: unknown } | null }
    return stead?.pack !== undefined
  } catch {
    return false
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new SteadError('FILE_UNREADABLE', { path, reason: (cause as Error).message }, { cause })
  }
}

function kindOf(path: string): 'file' | 'other' | null {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? null : found.isFile() ? 'file' : 'other'
}

/** Those that are not on the PATH. */
export function missingTools(tools: readonly PackTool[]): readonly PackTool[] {
  const endings = process.platform === 'win32' ? ['.exe'] : ['']
  const directories = (process.env.PATH ?? '').split(delimiter)
  const isThere = (executable: string): boolean =>
    directories.some((directory) =>
      endings.some((ending) => runs(join(directory, executable + ending))),
    )
  return tools.filter(({ executable }) => !isThere(executable))
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What git says of the sources; nulls outside of a repository. */
export async function commitOf(
  directory: string,
): Promise<{ readonly commit: string | null; readonly epoch: number | null }> {
  const words = ['-C', directory, 'log', '-1', '--format=%h %ct']
  const { stdout } = await nodeCommandRunner().run('git', words)
  const [, commit = null, seconds] = /^([0-9a-f]+) (\d+)$/.exec(stdout.trim()) ?? []
  return { commit, epoch: seconds === undefined ? null : Number(seconds) }
}

/** The first moment that a zip archive can hold, where nothing says another. */
const NO_TIME = 315_532_800

/** SOURCE_DATE_EPOCH (reproducible-builds.org), else the time of the last commit. @throws USAGE */
export function epochOf(committed: number | null): number {
  const { SOURCE_DATE_EPOCH: given } = process.env
  if (given === undefined || given === '') return committed ?? NO_TIME
  if (/^\d{1,10}$/.test(given)) return Number(given)
  throw new SteadError('USAGE', {
    problem: `SOURCE_DATE_EPOCH is a number of seconds since 1970, not ${JSON.stringify(given)}`,
    verb: 'pack',
  })
}

/** What signs for macOS. */
export function codesignPorts(): CodesignPorts {
  return { runner: nodeCommandRunner(), platform: process.platform }
}

/** The password of the certificate: in the variable that the pack file names, else on standard input. */
export function signingPorts({ signing }: PackSpec): SigningPorts {
  return {
    runner: nodeCommandRunner(),
    platform: process.platform,
    now: systemClock().wall(),
    async password() {
      const variable = signing?.passwordEnv ?? null
      if (variable !== null) return process.env[variable] ?? ''
      return process.stdin.isTTY ? '' : ((await pipedPassword(process.stdin)) ?? '')
    },
  }
}
