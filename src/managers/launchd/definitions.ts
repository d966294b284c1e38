import type { Home } from '../../model/home.ts'
import type { FileSystem } from '../../model/ports/file-system.ts'
import { homeMark, type Marker, readMarker } from './marker.ts'
import { type Paths, plistPaths } from './paths.ts'

export interface Definition {
  readonly path: string
  /** Null where it is not of this stead. */
  readonly marker: Marker | null
}

/** The plists that are there. */
export interface Definitions {
  find(name: string): Promise<Definition | null>
  /** Of all plists, ours or not; sorted. */
  names(): Promise<readonly string[]>
}

const ENDING = '.plist'

export function definitions(files: FileSystem, paths: Paths, home: Home): Definitions {
  return {
    async find(name) {
      for (const path of plistPaths(paths, name)) {
        const text = await files.readText(path)
        if (text === null) continue
        const marker = readMarker(text)
        return { path, marker: marker?.home === homeMark(home) ? marker : null }
      }
      return null
    },
    async names() {
      const found = new Set<string>()
      for (const directory of [paths.scanned, paths.kept]) {
        for (const file of await files.names(directory)) {
          if (file.endsWith(ENDING)) found.add(file.slice(0, -ENDING.length))
        }
      }
      return [...found].sort()
    },
  }
}
