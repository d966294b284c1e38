import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { type InstanceRecord, STATE_VERSION, type StateStore } from '../model/instance-record.ts'

/** A file this long is made anew with the newest record of each instance. */
const MAX_LENGTH = 1024 * 1024
const MODE = 0o600

/**
 * The state of a guard as lines of JSON: the version, then a record for each change. An append is one
 * write(2), so that a guard that is killed leaves whole lines and at most one torn one, and costs no
 * wait for the disk: what has to survive a kill is with the kernel, and after a power cut no program
 * of the last boot lives.
 */
export function stateFile(path: string): StateStore {
  let file: number | null = null
  let length = 0
  let trouble: string | null = null
  const newest = new Map<string, string>()

  const keyOf = ({ service, instance }: InstanceRecord): string => `${service}@${instance}`

  function setAside(why: string): string {
    const aside = `${path}.bad`
    try {
      renameSync(path, aside)
      return `the state of an earlier guard ${why}; it is kept as ${aside}, and its programs are looked for`
    } catch (error) {
      return `the state of an earlier guard ${why}, and cannot be put aside: ${(error as Error).message}`
    }
  }

  /** The text of a whole file with only the newest records. */
  function compacted(): string {
    return [
      JSON.stringify({ stead: 'state', version: STATE_VERSION }),
      ...newest.values(),
      '',
    ].join('\n')
  }

  function close(): void {
    if (file !== null) closeSync(file)
    file = null
  }

  function replace(): void {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      const temporary = `${path}.new`
      const text = Buffer.from(compacted())
      const fresh = openSync(temporary, 'w', MODE)
      try {
        for (let at = 0; at < text.length; ) at += writeSync(fresh, text, at)
        fsyncSync(fresh)
      } finally {
        closeSync(fresh)
      }
      // Windows puts nothing in the place of a file that is open.
      if (process.platform === 'win32') close()
      renameSync(temporary, path)
      close()
      file = openSync(path, 'a', MODE)
      length = text.length
      trouble = null
    } catch (error) {
      trouble = `the state cannot be saved: ${(error as Error).message}`
    }
  }

  return {
    load() {
      if (!existsSync(path)) return { records: [], trouble: null }
      let text: string
      try {
        text = readFileSync(path, 'utf8')
      } catch (error) {
        return { records: [], trouble: setAside(`cannot be read (${(error as Error).message})`) }
      }
      const [first = '', ...lines] = text.split('\n')
      const version = versionOf(first)
      if (version === null) return { records: [], trouble: setAside('is not one') }
      if (version > STATE_VERSION) {
        return {
          records: [],
          trouble: setAside(`is of version ${version}, and this stead knows ${STATE_VERSION}`),
        }
      }
      const records = lines.map(recordOf)
      const torn = lines.filter((line, at) => line !== '' && records[at] === null).length
      const whole = records.filter((record) => record !== null)
      for (const record of whole) newest.set(keyOf(record), JSON.stringify(record))
      return {
        records: whole,
        trouble:
          torn === 0 ? null : `${torn} line${torn === 1 ? '' : 's'} of ${path} could not be read`,
      }
    },
    append(record) {
      const line = JSON.stringify(record)
      const key = keyOf(record)
      if (newest.get(key) === line && trouble === null) return
      newest.set(key, line)
      if (file === null || trouble !== null || length > MAX_LENGTH) {
        replace()
        return
      }
      try {
        const bytes = Buffer.from(`${line}\n`)
        const written = writeSync(file, bytes)
        length += bytes.length
        // A torn line would swallow the next one.
        if (written !== bytes.length) replace()
      } catch (error) {
        trouble = `the state cannot be saved: ${(error as Error).message}`
      }
    },
    rewrite(records) {
      newest.clear()
      for (const record of records) newest.set(keyOf(record), JSON.stringify(record))
      replace()
    },
    get trouble() {
      return trouble
    },
  }
}

function versionOf(line: string): number | null {
  try {
    const { stead, version } = JSON.parse(line) as { stead?: unknown; version?: unknown }
    return stead === 'state' && typeof version === 'number' ? version : null
  } catch {
    return null
  }
}

/** Null for what is not a record, such as a line that was being written when the guard was killed. */
function recordOf(line: string): InstanceRecord | null {
  try {
    const record = JSON.parse(line) as Partial<InstanceRecord> | null
    const isRecord =
      typeof record?.service === 'string' &&
      typeof record.instance === 'number' &&
      typeof record.incarnation === 'number' &&
      typeof record.want?.state === 'string' &&
      Array.isArray(record.failures) &&
      Array.isArray(record.stop)
    return isRecord ? (record as InstanceRecord) : null
  } catch {
    return null
  }
}
