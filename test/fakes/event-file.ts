import type { EventFile, EventPart } from '../../src/model/ports/event-file.ts'

/** An event file in memory, whose disk can be made full. */
export interface MemoryEventFile extends EventFile {
  full: boolean
  readonly parts: Record<EventPart, Buffer>
}

export function memoryEventFile(): MemoryEventFile {
  const parts: Record<EventPart, Buffer> = { before: Buffer.alloc(0), present: Buffer.alloc(0) }
  let kept = 0
  return {
    full: false,
    parts,
    append(text) {
      if (this.full) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
      parts.present = Buffer.concat([parts.present, Buffer.from(text)])
    },
    size: (part) => parts[part].length,
    read: (part, offset, length) => parts[part].subarray(offset, offset + length),
    rotate() {
      parts.before = parts.present
      parts.present = Buffer.alloc(0)
    },
    mark(number) {
      kept = number
    },
    marked: () => kept,
    close() {},
  }
}
