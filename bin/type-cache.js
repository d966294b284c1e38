/**
 * A checkout runs from TypeScript (docs/adr/0001). Node takes the types away at each start, which costs
 * more than a whole `stead status`; so what is left is kept. The published package has no use for this.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How the files of the checkout name each other. */
const RELATIVE = /^\.\.?\/.*\.ts$/

/** Each change of a file leaves an entry behind; beyond so many all are thrown away. */
const MOST_ENTRIES = 2_000

/**
 * @param {string} directory that nobody else can write to
 * @param {string} source URL that the files of the checkout begin with
 */
export function useTypeCache(directory, source) {
  const entries = join(directory, `types-${process.versions.node}`)
  let kept = []
  try {
    mkdirSync(entries, { recursive: true, mode: 0o700 })
    kept = readdirSync(entries)
  } catch {
    return
  }
  if (kept.length > MOST_ENTRIES) for (const entry of kept.splice(0)) remove(join(entries, entry))
  const known = new Set(kept)
  registerHooks({
    // Files of the checkout name each other by relative paths, and no link is among them: to look each one up,
    // and what it is behind links, is most of a start where files are asked for slowly (Windows, Wine).
    resolve(specifier, context, nextResolve) {
      if (RELATIVE.test(specifier) && context.parentURL?.startsWith(source)) {
        const url = new URL(specifier, context.parentURL).href
        if (url.startsWith(source)) return { url, format: 'module', shortCircuit: true }
      }
      return nextResolve(specifier, context)
    },
    load(url, context, nextLoad) {
      if (!url.startsWith(source) || !url.endsWith('.ts')) return nextLoad(url, context)
      const path = fileURLToPath(url)
      // A file that was written again is another one: no content has to be compared.
      const { dev, ino, mtimeNs, ctimeNs, size } = statSync(path, { bigint: true })
      const entry = [dev, ino, mtimeNs, ctimeNs, size].join('-')
      const file = join(entries, entry)
      const code = (known.has(entry) ? read(file) : null) ?? keep(file, path)
      return { format: 'module', source: code, shortCircuit: true }
    },
  })
}

// Many starts share the entries: any of them may empty the directory while others read it.
function remove(file) {
  try {
    rmSync(file)
  } catch {
    // Somebody else was first.
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function keep(file, path) {
  const code = strip(readFileSync(path, 'utf8'))
  try {
    const temporary = `${file}.${process.pid}`
    writeFileSync(temporary, code, { mode: 0o600 })
    renameSync(temporary, file)
  } catch {
    // A full disk makes the next start slower, nothing more.
  }
  return code
}

/** Node warns that the function is experimental; running TypeScript itself is not. */
function strip(text) {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(text)
  } finally {
    process.emitWarning = emitWarning
  }
}
