/** A resource in one language, as FindResourceEx finds it. */
export interface Resource {
  /** An LANGID of <winnt.h>: 0x0409 is English (United States). */
  readonly language: number
  readonly data: Buffer
}

/** IMAGE_RESOURCE_DIRECTORY, _DIRECTORY_ENTRY and _DATA_ENTRY (<winnt.h>). */
const DIRECTORY = 16
const ENTRY = 8
const DATA_ENTRY = 16
/** The high bit of OffsetToData: the entry leads to another directory. */
const SUBDIRECTORY = 0x80000000

/**
 * The `.rsrc` section for one resource in several languages: three levels of directories (type, name,
 * language), entries of each in ascending order, then what the leaves point to (PE Format, "The .rsrc
 * Section").
 *
 * @param address the RVA of the section: addresses of data are relative to the image
 */
export function resourceSection(
  type: number,
  name: number,
  resources: readonly Resource[],
  address: number,
): Buffer {
  const sorted = [...resources].sort((a, b) => a.language - b.language)
  const languages = 2 * (DIRECTORY + ENTRY)
  const leaves = languages + DIRECTORY + sorted.length * ENTRY
  const head = Buffer.alloc(leaves + sorted.length * DATA_ENTRY)
  directory(head, 0, [[type, SUBDIRECTORY + DIRECTORY + ENTRY]])
  directory(head, DIRECTORY + ENTRY, [[name, SUBDIRECTORY + languages]])
  directory(
    head,
    languages,
    sorted.map(({ language }, index) => [language, leaves + index * DATA_ENTRY]),
  )
  const parts: Buffer[] = [head]
  let offset = head.length
  sorted.forEach(({ data }, index) => {
    const start = aligned(offset)
    head.writeUInt32LE(address + start, leaves + index * DATA_ENTRY)
    head.writeUInt32LE(data.length, leaves + index * DATA_ENTRY + 4)
    parts.push(Buffer.alloc(start - offset), data)
    offset = start + data.length
  })
  return Buffer.concat(parts)
}

function directory(head: Buffer, at: number, entries: readonly [id: number, to: number][]): void {
  // Characteristics, time stamp, version and the number of entries with names stay zero.
  head.writeUInt16LE(entries.length, at + 14)
  entries.forEach(([id, to], index) => {
    head.writeUInt32LE(id, at + DIRECTORY + index * ENTRY)
    head.writeUInt32LE(to, at + DIRECTORY + index * ENTRY + 4)
  })
}

function aligned(offset: number): number {
  return Math.ceil(offset / 8) * 8
}
