import { readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { SetParameters } from '../model/parameter.ts'
import { readSet } from '../model/parameter-channel.ts'
import type { ParameterPlaces, ParameterStore } from '../model/ports/parameter-places.ts'
import { makePassable } from './control/share-socket.ts'
import { makeParameterDirectory, parameterFiles, replaceFile } from './parameter-files.ts'

export interface ParameterPlacesParts {
  /** Below it each instance has a directory. */
  readonly directory: string
  /** What the programs of other users have to pass to get there, outermost first. */
  readonly above: readonly string[]
  /** The numbers of a user; null where there is nobody of that name. */
  readonly ownerOf: (user: string) => { readonly uid: number; readonly gid: number } | null
}

/** Directories in which the programs of a guard find their parameters and say what they have. */
export function parameterPlaces(parts: ParameterPlacesParts): ParameterPlaces {
  const { directory, above, ownerOf } = parts
  const place = (id: string): string => join(directory, encodeURIComponent(id))
  return {
    directory: place,
    offer(id, user, asked) {
      const own = place(id)
      const owner = user === null ? null : ownerOf(user)
      if (user !== null && process.platform !== 'win32') makePassable(above)
      makeParameterDirectory(own, owner)
      parameterFiles(own).ask(asked)
    },
    told: (id) => parameterFiles(place(id)).told(),
    watch: (id, changed) => parameterFiles(place(id)).watch('told', changed),
    remove: (id) => rmSync(place(id), { recursive: true, force: true }),
  }
}

/** A file of JSON with what was set of every service, replaced as a whole at each change. */
export function parameterStore(path: string): ParameterStore {
  return {
    load() {
      let text: string
      try {
        text = readFileSync(path, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { number: 0, services: {} }
        throw error
      }
      const kept = keptIn(text)
      if (kept !== null) return kept
      renameSync(path, `${path}.bad`)
      throw new Error(`${path} is not what a guard has written; it is kept as ${path}.bad`)
    },
    save({ number, services }) {
      replaceFile(path, `${JSON.stringify({ stead: 'kept parameters', number, services })}\n`)
    },
  }
}

function keptIn(text: string): ReturnType<ParameterStore['load']> | null {
  try {
    const { stead, number, services } = JSON.parse(text)
    if (stead !== 'kept parameters' || !Number.isSafeInteger(number) || number < 0) return null
    const all: [string, SetParameters][] = Object.entries(services as object).map(([name, raw]) => [
      name,
      readSet(raw) ?? {},
    ])
    return { number, services: Object.fromEntries(all) }
  } catch {
    return null
  }
}
