/**
 * What files of a packed program may be called. A pack file and an update are held to the same rules: what
 * can be packed can be installed by an update, and nothing else can.
 */

/** Characters that every file system takes, and that no shell or URL reads as something else. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._+~-]*$/

/** Characters of a name: file systems have 255 bytes. */
const LONGEST_NAME = 220

/** Whether it can be the name of an artefact on every system that it is taken to. */
export function isFileName(name: string): boolean {
  return FILE_NAME.test(name) && name.length <= LONGEST_NAME
}

/**
 * Whether a path, with `/`, stays below the directory that it is relative to, on every system, and is the
 * one way to write that path. A colon is a drive or a stream of NTFS, a backslash separates on Windows.
 */
export function isPathInside(path: string): boolean {
  if (/[\\:\0]/.test(path)) return false
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}

export interface PathClash {
  /** Index of the path that cannot be. */
  readonly at: number
  /** The path that is in its way. */
  readonly other: string
}

/**
 * Paths that cannot be there together with those before them: the same one, whatever its capitals, and one
 * below what is a file.
 */
export function pathClashes(paths: readonly string[]): readonly PathClash[] {
  const clashes: PathClash[] = []
  const taken = new Map<string, string>()
  for (const [at, path] of paths.entries()) {
    const other = taken.get(folded(path))
    if (other === undefined) taken.set(folded(path), path)
    else clashes.push({ at, other })
  }
  for (const [at, path] of paths.entries()) {
    const parts = folded(path).split('/')
    const above = parts
      .map((_, depth) => parts.slice(0, depth).join('/'))
      .map((it) => taken.get(it))
    const other = above.find((it) => it !== undefined)
    if (other !== undefined) clashes.push({ at, other })
  }
  return clashes
}

/** Windows and macOS tell no capitals. */
function folded(path: string): string {
  return path.toLowerCase()
}
