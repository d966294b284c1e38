import { isAbsolute, relative, resolve } from 'node:path'
import type { ForeignFiles } from '../model/ports/foreign-files.ts'
import type { RegistryKey } from '../model/registry-tree.ts'
import type { Draft } from './draft.ts'

/** What is to be imported, and for whom. */
export interface Source {
  /** Absolute path of the file or directory. */
  readonly path: string
  readonly files: ForeignFiles
  /** Absolute: where the stead.yaml will lie, from which its relative paths are meant. */
  readonly base: string
  /** What only the machine knows; specifiers of units and patterns ask for it. */
  readonly machine: {
    readonly host: string
    readonly user: string
    readonly home: string
  }
  /** The value of a configuration that is a program (pm2), as JSON: somebody has run it. */
  readonly evaluated?: string
  /** What the registry of this machine has of it (nssm), where it is no file; `path` is its key then. */
  readonly registry?: readonly RegistryKey[]
}

/** Makes a draft out of the configuration of another supervisor. Reads nothing but through `files`. */
export type Importer = (source: Source) => Draft

/** A file as messages call it: from where the stead.yaml will lie, if it is there or below. */
export function shown({ base }: Pick<Source, 'base'>, path: string): string {
  const near = relative(base, path)
  return near === '' || near.startsWith('..') || isAbsolute(near) ? path : near
}

/** A path of the configuration, as it is to be written in a stead.yaml that lies in `base`. */
export function pathFrom(directory: string, path: string, base: string): string {
  if (isAbsolute(path)) return path
  const full = resolve(directory, path)
  const near = relative(base, full)
  if (near === '') return '.'
  return near.startsWith('..') || isAbsolute(near) ? full : `./${near}`
}

/** The directory a program starts in where its configuration names none; undefined where stead's own is the same. */
export function ownDirectory(directory: string, base: string): string | undefined {
  const path = pathFrom(directory, '.', base)
  return path === '.' ? undefined : path
}
