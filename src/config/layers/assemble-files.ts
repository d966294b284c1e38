import { basename, dirname, join, relative, resolve } from 'node:path'
import { namesMeant } from '../../model/name-glob.ts'
import type { ConfigFiles } from '../../model/ports/config-files.ts'
import { messageAt, namedOrigin, type Origin, type Place } from '../source/origin.ts'
import { formatOf, readSource } from '../source/read-source.ts'
import type { SourceMap, SourceTree } from '../source/source-tree.ts'
import { type FileReference, fileReferences } from './file-reference.ts'
import { mergeTrees } from './merge-layers.ts'
import { profileFiles, profileProblems } from './profile-files.ts'

/** Files that belong to one configuration, at most, and how deep they may include each other. */
const MAX_FILES = 100
const MAX_INCLUDES = 10
/** Characters of all of them together. */
const MAX_LENGTH = 8_000_000

export interface FilesAsked {
  /** Absolute. */
  readonly path: string
  /** What is in it where that is known already, as with a text that a client has sent. */
  readonly text?: string | undefined
  /** What to call it in messages; its path unless given. */
  readonly shownAs?: string | undefined
  /** Profiles to take, the weakest first. */
  readonly profiles: readonly string[]
  /** For variables in the names of files. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly emptyHint?: string
}

export interface AssembledFiles {
  readonly tree: SourceMap
  /**
   * Every file that was looked for, absolute, those that are not there too: a change of any counts. One
   * with `*` in its name stands for all that it means, and for which there are.
   */
  readonly files: readonly string[]
  /** The directory of what an origin is the text of. */
  directoryOf(origin: Origin): string
  readonly problems: readonly string[]
}

/**
 * A file with all that it includes, and its profiles, as one tree. What a file includes is weaker than
 * itself, of several the later is the stronger; its section `profiles.NAME` is stronger than the file,
 * and the file of the profile that lies beside it is stronger than that.
 */
export function assembleFiles(asked: FilesAsked, disk: ConfigFiles): AssembledFiles {
  const problems: string[] = []
  const files = new Set<string>()
  const places = new Map<Origin, string>()
  const known = new Set<string>()
  let loads = 0
  let length = 0
  const { path: main, shownAs = main } = asked
  const shownFor = (path: string): string => join(dirname(shownAs), relative(dirname(main), path))
  const nothing: SourceMap = {
    kind: 'map',
    entries: new Map(),
    place: { origin: namedOrigin('file', shownAs), offset: 0 },
  }

  const load = (path: string, chain: readonly string[], by?: FileReference): SourceMap => {
    const shown = chain.length === 0 ? shownAs : shownFor(path)
    const complain = (message: string): SourceMap => {
      problems.push(
        by === undefined ? `${shown}: ${message}` : messageAt(by.place, `${shown}: ${message}`),
      )
      return nothing
    }
    if (chain.includes(path)) {
      const circle = [...chain.slice(chain.indexOf(path)), path].map((one) => basename(one))
      return complain(`files include each other in a circle: ${circle.join(' → ')}`)
    }
    if (chain.length > MAX_INCLUDES)
      return complain(`files include each other ${MAX_INCLUDES} deep`)
    loads += 1
    if (loads > MAX_FILES)
      return complain(`it makes more than ${MAX_FILES} files of this configuration`)
    files.add(path)
    const given = chain.length === 0 ? asked.text : undefined
    const read = given === undefined ? disk.read(path) : { text: given }
    if ('problem' in read) return read.missing && by?.optional ? nothing : complain(read.problem)
    length += read.text.length
    if (length > MAX_LENGTH && loads > 1)
      return complain(`the files of this configuration have more than ${MAX_LENGTH} characters`)
    const source = readSource(shown, read.text, {
      format: formatOf(path),
      emptyHint: asked.emptyHint ?? '',
      mayBeEmpty: chain.length > 0,
    })
    if ('problems' in source) {
      problems.push(...source.problems)
      return nothing
    }
    places.set(source.tree.place.origin, dirname(path))
    if (source.tree.kind !== 'map') {
      problems.push(messageAt(source.tree.place, `it has to be a map, not ${kindOf(source.tree)}`))
      return nothing
    }
    return whole(source.tree, path, [...chain, path])
  }

  /** A file's own settings over what it includes, and under its profiles. */
  const whole = (tree: SourceMap, path: string, chain: readonly string[]): SourceMap => {
    const entries = new Map(tree.entries)
    const included = entries.get('include')?.node
    const sections = entries.get('profiles')?.node
    entries.delete('include')
    entries.delete('profiles')
    const own: SourceMap = { ...tree, entries }
    const below = included === undefined ? [] : includesOf(included, path, chain)
    const above = sections === undefined ? [] : sectionsOf(sections)
    return [...below, own, ...above].reduce((a, b) => mergeTrees(a, b) as SourceMap, nothing)
  }

  const includesOf = (node: SourceTree, path: string, chain: readonly string[]): SourceMap[] => {
    const found = fileReferences('include', node, asked.env)
    problems.push(...found.problems)
    return found.references.flatMap((reference) => {
      const target = resolve(dirname(path), reference.file)
      files.add(target)
      return matching(target, disk).map((one) => load(one, chain, reference))
    })
  }

  const sectionsOf = (sections: SourceTree): SourceMap[] => {
    const complain = (place: Place, message: string): void =>
      void problems.push(messageAt(place, `profiles: ${message}`))
    if (sections.kind !== 'map') {
      complain(sections.place, 'it has to be a map of settings by the names of profiles')
      return []
    }
    for (const [name, { key, node }] of sections.entries) {
      known.add(name)
      if (node.kind !== 'map') complain(key, `${name} has to be a map of settings`)
      else
        for (const inner of ['include', 'profiles']) {
          const entry = node.entries.get(inner)
          if (entry !== undefined)
            complain(entry.key, `${name}.${inner}: this stands in a file, not in a profile`)
        }
    }
    return asked.profiles.flatMap((name) => {
      const node = sections.entries.get(name)?.node
      return node?.kind === 'map' ? [node] : []
    })
  }

  const base = load(main, [])
  const beside = profileFiles(main, disk)
  for (const name of beside.keys()) known.add(name)
  const overlays = asked.profiles.flatMap((name) => {
    const [file, other] = beside.get(name) ?? []
    if (file === undefined) return []
    if (other !== undefined)
      problems.push(`${basename(file)} and ${basename(other)} are one profile; keep one of them`)
    return [load(file, [main])]
  })
  problems.push(...profileProblems(asked.profiles, known, shownAs))
  const tree = [base, ...overlays].reduce((a, b) => mergeTrees(a, b) as SourceMap)
  return {
    tree,
    files: [...files],
    directoryOf: (origin) => places.get(origin) ?? dirname(main),
    problems,
  }
}

function kindOf(tree: SourceTree): string {
  if (tree.kind !== 'scalar') return 'a list'
  return JSON.stringify(tree.value).slice(0, 60)
}

/** What a name with `*` in its last part means, in the order of the alphabet; hidden files are not meant. */
function matching(path: string, disk: ConfigFiles): string[] {
  const pattern = basename(path)
  if (!pattern.includes('*')) return [path]
  return namesMeant(disk.names(dirname(path)), pattern).map((name) => join(dirname(path), name))
}
