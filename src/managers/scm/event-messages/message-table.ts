/** One text of a message table. */
export interface Message {
  readonly id: number
  /** Inserts are `%1` to `%99`. */
  readonly text: string
}

/** Flags of MESSAGE_RESOURCE_ENTRY: the text is UTF-16. */
const MESSAGE_RESOURCE_UNICODE = 1
const BLOCK_SIZE = 12
const ENTRY_HEAD = 4

/**
 * MESSAGE_RESOURCE_DATA of <winnt.h>: the number of blocks; for each block of adjoining ids
 * MESSAGE_RESOURCE_BLOCK (lowest id, highest id, offset of its first entry); then the entries
 * (length, flags, text). A text ends with CR LF, as those of mc.exe do, and with zeros up to a
 * multiple of four bytes, of which there is at least one character.
 */
export function messageTable(messages: readonly Message[]): Buffer {
  const sorted = [...messages].sort((a, b) => a.id - b.id)
  const blocks: Message[][] = []
  for (const message of sorted) {
    const last = blocks.at(-1)
    if (last?.at(-1)?.id === message.id - 1) last.push(message)
    else blocks.push([message])
  }
  const head = Buffer.alloc(4 + blocks.length * BLOCK_SIZE)
  head.writeUInt32LE(blocks.length, 0)
  const parts: Buffer[] = [head]
  let offset = head.length
  blocks.forEach((block, index) => {
    const at = 4 + index * BLOCK_SIZE
    head.writeUInt32LE(block[0]?.id ?? 0, at)
    head.writeUInt32LE(block.at(-1)?.id ?? 0, at + 4)
    head.writeUInt32LE(offset, at + 8)
    for (const { text } of block) {
      const entry = messageEntry(text)
      parts.push(entry)
      offset += entry.length
    }
  })
  return Buffer.concat(parts)
}

function messageEntry(text: string): Buffer {
  const words = Buffer.from(`${text}\r\n\0`, 'utf16le')
  const entry = Buffer.alloc(Math.ceil((ENTRY_HEAD + words.length) / 4) * 4)
  entry.writeUInt16LE(entry.length, 0)
  entry.writeUInt16LE(MESSAGE_RESOURCE_UNICODE, 2)
  words.copy(entry, ENTRY_HEAD)
  return entry
}
