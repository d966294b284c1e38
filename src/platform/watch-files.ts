import { type FSWatcher, lstatSync, readdirSync, readlinkSync, statSync, watch } from 'node:fs'
import { basename, dirname, isAbsolute, join, parse, resolve, sep } from 'node:path'
import { namesMeant } from '../model/name-glob.ts'

export interface WatchFilesOptions {
  /** Milliseconds without a change before `changed` is called. */
  readonly debounce: number
  /** Milliseconds between two looks at the files, where the system tells nothing of them; null for none. */
  readonly poll: number | null
  /** Files differ from what they were, and more may come; told once until `changed` is. */
  readonly stirred?: (paths: readonly string[]) => void
  /**
   * Files differ from what they were, all that is to come at once has come; their paths as given. After
   * `stirred` it is told in any case: with none where they are again what they were.
   */
  readonly changed: (paths: readonly string[]) => void
}

export interface FileWatcher {
  /**
   * Watches these from now on, and no others; absolute. What they are now is what they were. With `*`
   * in its name one changes when files of such a name come and go.
   */
  follow(paths: readonly string[]): void
  close(): void
}

/** Files are looked at so long after the first sign: what is no sign of theirs comes thick and fast. */
const GLANCE = 10
/** Whoever never stops writing is not waited for longer than so many debounces. */
const MOST_DEBOUNCES = 20
/** As many links as Linux follows (path_resolution(7)). */
const MOST_LINKS = 40

/**
 * Tells when files change, also when an editor replaces them, when a directory on the way is another
 * one (a symbolic link that is switched, as Kubernetes does), and when they come, go and come back.
 * It watches the directories in which a change of any step of the way would show.
 */
export function watchFiles({ debounce, poll, stirred, changed }: WatchFilesOptions): FileWatcher {
  let marks = new Map<string, string>()
  const watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | null = null
  let glance: NodeJS.Timeout | null = null
  let hasStirred = false
  let since = 0
  let closed = false
  const poller = poll === null ? null : setInterval(() => differing().length > 0 && stir(), poll)
  poller?.unref()

  function stir(): void {
    if (closed) return
    const now = performance.now()
    if (timer === null) since = now
    const left = Math.max(0, since + debounce * MOST_DEBOUNCES - now)
    clearTimeout(timer ?? undefined)
    timer = setTimeout(settle, Math.min(debounce, left))
    if (stirred !== undefined && !hasStirred) glance ??= setTimeout(look, GLANCE)
  }

  function look(): void {
    glance = null
    const found = differing()
    if (found.length === 0) return
    hasStirred = true
    stirred?.(found)
  }

  function settle(): void {
    timer = null
    clearTimeout(glance ?? undefined)
    glance = null
    place()
    // Each is looked at once: what changes between two looks would be in the second, and never be told.
    const before = marks
    marks = new Map([...before.keys()].map((path) => [path, markOf(path)]))
    const found = [...marks.keys()].filter((path) => before.get(path) !== marks.get(path))
    if (found.length > 0 || hasStirred) changed(found)
    hasStirred = false
  }

  function differing(): string[] {
    return [...marks].filter(([path, mark]) => markOf(path) !== mark).map(([path]) => path)
  }

  /** Watches the directories that matter now. */
  function place(): void {
    const wanted = new Set([...marks.keys()].flatMap(directoriesOf))
    for (const [directory, watcher] of watchers) {
      if (wanted.has(directory)) continue
      watcher.close()
      watchers.delete(directory)
    }
    for (const directory of wanted) if (!watchers.has(directory)) begin(directory)
  }

  function begin(directory: string): void {
    try {
      const watcher = watch(directory, { persistent: false }, stir)
      watchers.set(directory, watcher)
      // A directory that is removed is told of as an error on some systems.
      watcher.on('error', () => {
        watchers.delete(directory)
        watcher.close()
        stir()
      })
    } catch {
      // It may be gone by now, or not be ours to watch: then polling is what is left.
    }
  }

  return {
    follow(paths) {
      marks = new Map(paths.map((path) => [path, markOf(path)]))
      place()
    },
    close() {
      closed = true
      clearTimeout(timer ?? undefined)
      clearTimeout(glance ?? undefined)
      clearInterval(poller ?? undefined)
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

/** What tells one state of a file from another. */
function markOf(path: string): string {
  try {
    if (basename(path).includes('*'))
      return JSON.stringify(namesMeant(readdirSync(dirname(path)).sort(), basename(path)))
    const { dev, ino, size, mtimeNs } = statSync(path, { bigint: true })
    return `${dev} ${ino} ${size} ${mtimeNs}`
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown'
  }
}

/** The directories that hold a step of the way to a file: of its links too, and of what is not there yet. */
function directoriesOf(path: string): string[] {
  const found = new Set<string>()
  let links = 0
  const walk = (target: string): void => {
    const { root } = parse(target)
    const names = target
      .slice(root.length)
      .split(sep)
      .filter((name) => name !== '')
    let at = root
    for (const [index, name] of names.entries()) {
      const next = join(at, name)
      const link = linkOf(next)
      const isLast = index === names.length - 1
      if (link === undefined || isLast || link !== null) found.add(at)
      // Beyond what is not there nothing can be watched.
      if (link === undefined) return
      if (link !== null) {
        links += 1
        if (links > MOST_LINKS) return
        const rest = names.slice(index + 1)
        walk(join(isAbsolute(link) ? link : resolve(dirname(next), link), ...rest))
        return
      }
      at = next
    }
  }
  walk(resolve(path))
  return [...found]
}

/** Where a link leads; null for what is none, undefined for what is not there. */
function linkOf(path: string): string | null | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null
  } catch {
    return undefined
  }
}
