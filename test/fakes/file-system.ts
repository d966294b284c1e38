import type { FileSystem } from '../../src/model/ports/file-system.ts'

/** Files in memory; directories are there as soon as something is in them, or they were made. */
export interface MemoryFiles extends FileSystem {
  readonly contents: Map<string, { text: string; mode: number }>
  readonly directories: Map<string, number>
}

export function memoryFiles(): MemoryFiles {
  const contents: MemoryFiles['contents'] = new Map()
  const directories: MemoryFiles['directories'] = new Map()
  const namesIn = (path: string): string[] =>
    [...contents.keys(), ...directories.keys()]
      .filter((at) => at.startsWith(`${path}/`))
      .map((at) => at.slice(path.length + 1).split('/')[0] as string)
  return {
    contents,
    directories,
    readText: async (path) => contents.get(path)?.text ?? null,
    async writeAtomic(path, text, mode) {
      contents.set(path, { text, mode })
    },
    async createExclusive(path, text, mode) {
      if (contents.has(path)) return false
      contents.set(path, { text, mode })
      return true
    },
    remove: async (path) => contents.delete(path),
    async makeDirectory(path, mode) {
      if (!directories.has(path)) directories.set(path, mode)
    },
    async facts(path) {
      const file = contents.get(path)
      if (file !== undefined) {
        return { kind: 'file', mode: file.mode, uid: 0, size: Buffer.byteLength(file.text) }
      }
      const mode = directories.get(path) ?? (namesIn(path).length > 0 ? 0o755 : undefined)
      return mode === undefined ? null : { kind: 'directory', mode, uid: 0, size: 0 }
    },
    names: async (path) => [...new Set(namesIn(path))].sort(),
    canExecute: async (path) => ((contents.get(path)?.mode ?? 0) & 0o111) !== 0,
  }
}
