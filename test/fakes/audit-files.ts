import type { AuditFiles, AuditReader } from '../../src/model/ports/audit-files.ts'

export interface MemoryAuditFiles extends AuditFiles, AuditReader {
  /** Texts by name, oldest first, the present file last. */
  all: Map<string, string>
  full: boolean
}

const PRESENT = 'audit.jsonl'
const KEPT = 7

/** Stands for the files of an audit log. */
export function memoryAuditFiles(): MemoryAuditFiles {
  let mark = ''
  const present = (): string => files.all.get(PRESENT) ?? ''
  const files: MemoryAuditFiles = {
    all: new Map([[PRESENT, '']]),
    full: false,
    append(text) {
      if (files.full) throw new Error('ENOSPC')
      files.all.set(PRESENT, present() + text)
    },
    size: () => Buffer.byteLength(present()),
    cut(size) {
      files.all.set(PRESENT, Buffer.from(present()).toString('utf8', 0, size))
    },
    rotate() {
      const texts = [...files.all.values()].slice(-KEPT)
      const named = texts.map((text, at) => [`${PRESENT}.${texts.length - at}`, text] as const)
      files.all = new Map([...named, [PRESENT, '']])
    },
    tail(length) {
      const text = present()
      const before = files.all.get(`${PRESENT}.1`)
      if (text === '' && before !== undefined)
        return { text: before.slice(-length), present: false }
      return { text: text.slice(-length), present: true }
    },
    begin: () => [...files.all.values()][0]?.slice(0, 64) ?? '',
    mark(text) {
      mark = text
    },
    marked: () => mark,
    names: () => [...files.all.keys()],
    read: async (name) => files.all.get(name) ?? '',
    close() {},
  }
  return files
}
