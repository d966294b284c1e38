import { mkdir, open, readdir, readFile, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventSource, EventSources } from '../../model/ports/event-sources.ts'
import { WIN32, WindowsError } from '../../model/windows-error.ts'
import { deleteKey, readValue, subkeys, writeValue } from './registry.ts'

const LOGS = 'SYSTEM\\CurrentControlSet\\Services\\EventLog'
const APPLICATION = 'Application'
const WINDOWS = 'SOFTWARE\\Microsoft\\Windows\\CurrentVersion'
const MESSAGE_FILE = /^events-[0-9a-f]{16}\.dll$/

/**
 * The registry's sources, and message files in `stead` below Program Files: Windows lets
 * administrators alone write there and everybody read. It is found in the registry, because the
 * environment is the caller's word.
 */
export function eventSources(): EventSources {
  let directory: string | null = null
  const files: EventSources = {
    get directory() {
      directory ??= messageDirectory()
      return directory
    },
    async read(name) {
      for (const log of subkeys(LOGS)) {
        if (subkeys(`${LOGS}\\${log}`).some((source) => sameName(source, name)))
          return sourceOf(log, name)
      }
      return null
    },
    async write(name, messageFile, types) {
      const set = (value: string, data: Parameters<typeof writeValue>[3]): void =>
        writeValue(`${LOGS}\\${APPLICATION}`, name, value, data)
      set('EventMessageFile', { type: 'REG_EXPAND_SZ', data: messageFile })
      set('TypesSupported', { type: 'REG_DWORD', data: types })
    },
    remove: async (name) => deleteKey(`${LOGS}\\${APPLICATION}`, name),
    async hasFile(fileName, content) {
      const present = await readFile(join(files.directory, fileName)).catch(() => null)
      return present?.equals(content) ?? false
    },
    putFile: (fileName, content) => put(files.directory, fileName, content),
    removeUnused: () => removeUnused(files.directory),
  }
  return files
}

function messageDirectory(): string {
  const value = readValue(WINDOWS, 'ProgramFilesDir')
  return `${value?.type === 'REG_SZ' ? value.data : 'C:\\Program Files'}\\stead`
}

function sourceOf(log: string, name: string): EventSource {
  const path = `${LOGS}\\${log}\\${name}`
  const file = readValue(path, 'EventMessageFile')
  const types = readValue(path, 'TypesSupported')
  return {
    log,
    messageFile: file?.type === 'REG_EXPAND_SZ' || file?.type === 'REG_SZ' ? file.data : null,
    types: types?.type === 'REG_DWORD' ? types.data : null,
  }
}

async function put(directory: string, fileName: string, content: Uint8Array): Promise<void> {
  const path = join(directory, fileName)
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await mkdir(directory, { recursive: true })
    await rm(temporary, { force: true })
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw isDenied(error) ? new WindowsError('CreateFileW', WIN32.ACCESS_DENIED) : error
  }
}

async function removeUnused(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => [])
  const used = new Set(
    subkeys(`${LOGS}\\${APPLICATION}`).map((name) =>
      sourceOf(APPLICATION, name).messageFile?.toLowerCase(),
    ),
  )
  for (const name of names) {
    if (!MESSAGE_FILE.test(name) || used.has(`${directory}\\${name}`.toLowerCase())) continue
    await unlink(join(directory, name)).catch((error: unknown) => {
      // The Event Log has it open: the next one to come here removes it.
      if (!isDenied(error) && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    })
  }
  // It stays while anything is in it.
  await rmdir(directory).catch(() => {})
}

function isDenied(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EACCES' || code === 'EPERM' || code === 'EBUSY'
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
