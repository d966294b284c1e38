import type { EventSource, EventSources } from '../../src/model/ports/event-sources.ts'
import { WIN32, WindowsError } from '../../src/model/windows-error.ts'

export interface SimulatedEventSources extends EventSources {
  readonly sources: Map<string, EventSource>
  /** Message files by name. */
  readonly files: Map<string, Uint8Array>
  /** Names of files that the Event Log has open: they cannot be removed. */
  readonly open: Set<string>
  /** Set to have the next file refused, as by a full disk. */
  full: boolean
}

/** Stands for the registry and the disk of a Windows, so that a test can see and hinder all of it. */
export function simulatedEventSources(): SimulatedEventSources {
  const directory = 'C:\\Program Files\\stead'
  const sources = new Map<string, EventSource>()
  const files = new Map<string, Uint8Array>()
  const keyOf = (name: string): string =>
    [...sources.keys()].find((key) => key.toLowerCase() === name.toLowerCase()) ?? name
  const simulated: SimulatedEventSources = {
    directory,
    sources,
    files,
    open: new Set(),
    full: false,
    read: async (name) => sources.get(keyOf(name)) ?? null,
    async write(name, messageFile, types) {
      sources.set(keyOf(name), { log: 'Application', messageFile, types })
    },
    async remove(name) {
      sources.delete(keyOf(name))
    },
    hasFile: async (fileName, content) =>
      Buffer.compare(files.get(fileName) ?? Buffer.alloc(0), content) === 0,
    async putFile(fileName, content) {
      if (simulated.full) throw new WindowsError('CreateFileW', WIN32.ACCESS_DENIED)
      files.set(fileName, content)
    },
    async removeUnused() {
      const used = [...sources.values()].map(({ messageFile }) => messageFile)
      for (const name of files.keys()) {
        if (!used.includes(`${directory}\\${name}`) && !simulated.open.has(name)) files.delete(name)
      }
    },
  }
  return simulated
}
