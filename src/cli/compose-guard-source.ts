/** What a guard keeps: a stead.yaml, read by a process that ends. */
import { SteadError } from '../errors.ts'
import type { ReadConfiguration } from '../guard/configuration.ts'
import type { ConfigSources } from '../model/config-version.ts'
import type { Home } from '../model/home.ts'
import type { RemoteReading } from '../model/remote-spec.ts'
import { whoElseWrites } from '../model/way-to-file.ts'
import {
  findGuardFile,
  type GuardHomeOptions,
  guardHome,
  type LayerOptions,
  onWindows,
  readGuardFile,
  remoteNamedBy,
} from './compose-guard-home.ts'
import { keyFileOf } from './compose-secrets.ts'
import type { RemoteAsked } from './read-remote.ts'
import { configReader, type ReadGuardConfig } from './read-spec.ts'

/** What a guard keeps, and where that is written. */
export interface GuardSource {
  /** Absolute path of what it is read from: by it the guard is told from others. */
  readonly path: string
  /** What others are told; null where an installed service is kept, whose manager starts and stops it. */
  readonly file: string | null
  readonly home: Home
  /** Public keys of which one has to have signed it; left out for nobody's. */
  readonly keys?: string | null
  /** What is said of its remote source on the command line, or by STEAD_REMOTE. */
  readonly remote?: string | undefined
  /** Reads it anew, or `text` in its stead. */
  readonly readSpec: (
    given: string | ConfigSources | null,
    remote: RemoteAsked,
  ) => Promise<
    ReadConfiguration & {
      /** Everything that it depends on, also what is not there; left out for its texts. */
      readonly files?: readonly string[]
      readonly remote?: RemoteReading | null
    }
  >
  /** It will probably be read soon; and: it will not. */
  readonly expect?: { ahead(): void; leave(): void }
}

export interface TrustOptions {
  readonly requireSignature?: string
  /** Files that others than root can change are taken by a guard of root as well. */
  readonly allowWritable?: boolean
}

/** The source that a stead.yaml is: the one named, or the nearest. @throws FILE_UNREADABLE */
export function fileSource(
  named: string | undefined,
  options: GuardHomeOptions & LayerOptions & TrustOptions,
): GuardSource {
  const file = findGuardFile(named)
  const home = guardHome(options)
  const reading = {
    path: file,
    profiles: options.profile,
    set: options.set,
    onWindows: onWindows(),
    keyFile: keyFileOf(home),
  }
  const isAllowed = options.allowWritable === true || isSet(process.env.STEAD_ALLOW_WRITABLE)
  const reader = configReader(reading, () => ({ ...process.env }))
  return {
    path: file,
    file,
    home,
    expect: reader,
    keys: options.requireSignature ?? process.env.STEAD_REQUIRE_SIGNATURE ?? null,
    remote: remoteNamedBy(options),
    async readSpec(given, remote) {
      const kept = typeof given === 'object' && given !== null ? given : undefined
      const text = typeof given === 'string' ? given : (kept?.[file] ?? readGuardFile(file))
      const read = await reader.read({ text, kept, remote })
      // What was kept lies where nobody else writes.
      if (kept === undefined && !isAllowed) await refuseWritable(read)
      return read
    },
  }
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && variable !== '' && variable !== '0'
}

/** Whoever writes the configuration of root's guard is root. @throws CONFIG_WRITABLE */
async function refuseWritable({ files, spec }: ReadGuardConfig): Promise<void> {
  const asked = process.platform === 'win32' ? await onWindowsWrites() : await onPosixWrites()
  if (asked === null) return
  const { account, writes } = asked
  const envFiles = spec.services.flatMap(({ envFile }) => (envFile === null ? [] : [envFile]))
  for (const file of new Set([...files, ...envFiles])) {
    const found = writes(file)
    if (found !== null) throw new SteadError('CONFIG_WRITABLE', { file, account, ...found })
  }
}

/** How it is found out who else writes a file, and as whom that would act. */
interface Writing {
  readonly account: string
  readonly writes: (file: string) => { readonly path: string; readonly who: string } | null
}

/** Null where the guard has no rights that others lack: whoever writes its files is its user anyway. */
async function onPosixWrites(): Promise<Writing | null> {
  const user = process.geteuid?.()
  if (user !== 0) return null
  const { wayTo } = await import('../platform/posix/way-to.ts')
  return { account: 'root', writes: (file) => whoElseWrites(wayTo(file), user) }
}

async function onWindowsWrites(): Promise<Writing | null> {
  const { ownIdentity } = await import('../platform/win32/token-identity.ts')
  const { highAccount, whoElseChanges } = await import('../model/windows-way.ts')
  const account = highAccount(ownIdentity())
  if (account === null) return null
  const { waysTo } = await import('../platform/win32/way-to.ts')
  const writes: Writing['writes'] = (file) => {
    for (const way of waysTo(file)) {
      const found = whoElseChanges(way)
      if (found !== null) return found
    }
    return null
  }
  return { account, writes }
}
