import { SteadError } from '../errors.ts'
import type { Home } from '../model/home.ts'
import type { FileSystem } from '../model/ports/file-system.ts'
import type { ServiceRecord } from '../model/service-record.ts'

/** Records and locks are the installing user's own: a spec may name paths and variables of interest. */
const FILE_MODE = 0o600
const DIRECTORY_MODE = 0o700

export interface RecordStore {
  /** The record, or null where there is none. @throws FILE_UNREADABLE for one that is damaged or newer */
  read(name: string): Promise<ServiceRecord | null>
  write(record: ServiceRecord): Promise<void>
  remove(name: string): Promise<void>
}

/** Records as files `NAME.json` in the home's `specs` directory. */
export function recordStore(files: FileSystem, home: Home): RecordStore {
  const pathOf = (name: string): string => `${home.specs}/${name}.json`
  return {
    async read(name) {
      const path = pathOf(name)
      const text = await files.readText(path)
      return text === null ? null : parseRecord(path, text)
    },
    async write(record) {
      await files.makeDirectory(home.specs, DIRECTORY_MODE)
      await files.writeAtomic(
        pathOf(record.spec.name),
        `${JSON.stringify(record, null, 2)}\n`,
        FILE_MODE,
      )
    },
    async remove(name) {
      await files.remove(pathOf(name))
    },
  }
}

function parseRecord(path: string, text: string): ServiceRecord {
  let record: Partial<ServiceRecord>
  try {
    record = JSON.parse(text) as Partial<ServiceRecord>
  } catch (cause) {
    throw new SteadError('FILE_UNREADABLE', { path, reason: 'it is not JSON' }, { cause })
  }
  if (record?.version !== 1 || typeof record.spec?.name !== 'string') {
    throw new SteadError('FILE_UNREADABLE', {
      path,
      reason: `it is not a record that this stead knows (version ${String(record?.version)})`,
    })
  }
  return record as ServiceRecord
}
