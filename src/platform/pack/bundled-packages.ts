import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'

/** A package that files of a bundle are from. */
export interface PackageFacts {
  readonly name: string
  readonly version: string
  readonly license: string | null
  readonly licenseText: string | null
  readonly integrity: null
}

const LICENCE_FILE = /^(licen[cs]e|copying)([.-].*)?$/i

/**
 * The packages that files are from: what lies in node_modules, and stead itself. The program's own files
 * are from none.
 *
 * @param files absolute paths
 * @param steadRoot where the code of stead is
 */
export function bundledPackages(
  files: readonly string[],
  steadRoot: string,
): readonly PackageFacts[] {
  const roots = new Map<string, PackageFacts | null>()
  for (const file of files) {
    const isStead = file.startsWith(steadRoot + sep)
    if (!isStead && !file.includes(`${sep}node_modules${sep}`)) continue
    const root = rootOf(file)
    if (root !== null && !roots.has(root)) roots.set(root, factsOf(root))
  }
  return [...roots.values()].filter((one) => one !== null)
}

/** The nearest directory above with a manifest that has a name and a version: inner ones only say a type. */
function rootOf(file: string): string | null {
  for (let at = dirname(file); at !== dirname(at); at = dirname(at)) {
    if (manifestOf(at) !== null) return at
  }
  return null
}

function factsOf(root: string): PackageFacts | null {
  const manifest = manifestOf(root)
  if (manifest === null) return null
  const { name, version, license } = manifest
  const file = readdirSync(root)
    .sort()
    .find((one) => LICENCE_FILE.test(one))
  return {
    name,
    version,
    license: typeof license === 'string' ? license : null,
    licenseText: file === undefined ? null : textOf(join(root, file)),
    integrity: null,
  }
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: unknown
}

function manifestOf(directory: string): Manifest | null {
  const text = textOf(join(directory, 'package.json'))
  if (text === null) return null
  try {
    const found = JSON.parse(text) as Partial<Manifest>
    return typeof found.name === 'string' && typeof found.version === 'string'
      ? (found as Manifest)
      : null
  } catch {
    return null
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
