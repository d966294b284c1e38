/** Takes a guard's configuration over when its files change, where that is asked for. */
import type { ConfigPolicy } from '../model/config-version.ts'
import { CONFIG_POLICY } from '../model/config-version.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import type { FileWatcher } from '../platform/watch-files.ts'

export interface ConfigWatchParts {
  /** The files that the present configuration was read from, absolute. */
  readonly files: () => readonly string[]
  /** The files will probably be read soon; and: they will not. */
  readonly expect?: { ahead(): void; leave(): void } | undefined
  /** What is refused has been told by then. */
  readonly takeOver: (cause: 'file' | 'remote') => Promise<unknown>
  /** Files of services have changed that they read themselves. */
  readonly reload: (services: readonly string[]) => Promise<unknown>
}

export interface ConfigWatch {
  /** The guard has taken a configuration over, or begins with it. */
  applied(spec: GuardSpec): void
  /** What a remote source says is another: taken over in its turn. */
  remoteChanged(): void
  close(): void
}

/** Watches nothing, and loads nothing for it, until a configuration asks for that. */
export function composeConfigWatch(parts: ConfigWatchParts): ConfigWatch {
  let watcher: FileWatcher | null = null
  let policy: ConfigPolicy = CONFIG_POLICY
  let spec: GuardSpec | null = null
  let closed = false
  /** One after the other: what comes meanwhile is read when the one before is done. */
  let work: Promise<unknown> = Promise.resolve()

  async function place(): Promise<void> {
    const { watchFiles } = await import('../platform/watch-files.ts')
    if (closed) return
    watcher?.close()
    watcher = null
    const paths = watched()
    if (paths.length === 0) return
    const { debounce, poll } = policy
    watcher = watchFiles({ debounce, poll, stirred, changed })
    watcher.follow(paths)
  }

  function watched(): string[] {
    const own = policy.watch ? parts.files() : []
    return [...new Set([...own, ...(spec?.services.flatMap((one) => one.reloadOn) ?? [])])]
  }

  const isOwn = (paths: readonly string[]): boolean =>
    policy.watch && parts.files().some((file) => paths.includes(file))

  function stirred(paths: readonly string[]): void {
    if (isOwn(paths)) parts.expect?.ahead()
  }

  function changed(paths: readonly string[]): void {
    const own = isOwn(paths)
    if (!own) parts.expect?.leave()
    const services = (spec?.services ?? [])
      .filter(({ reloadOn }) => reloadOn.some((file) => paths.includes(file)))
      .map(({ name }) => name)
    work = work
      .then(() => (own ? parts.takeOver('file') : undefined))
      .then(() => (services.length > 0 ? parts.reload(services) : undefined))
      .catch(() => {})
  }

  return {
    applied(next) {
      const before = JSON.stringify([policy, watched()])
      spec = next
      policy = next.config ?? CONFIG_POLICY
      const now = JSON.stringify([policy, watched()])
      if (now !== before || (watcher === null && watched().length > 0)) void place()
    },
    remoteChanged() {
      work = work.then(() => (closed ? undefined : parts.takeOver('remote'))).catch(() => {})
    },
    close() {
      closed = true
      watcher?.close()
      parts.expect?.leave()
    },
  }
}
