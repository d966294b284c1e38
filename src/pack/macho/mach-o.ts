/**
 * What a signature has to know of an executable for macOS. Names and layouts are those of <mach-o/loader.h>;
 * everything is little-endian on the systems that are left.
 */

export const HEADER_SIZE = 32
const MH_MAGIC_64 = 0xfeedfacf
const MH_EXECUTE = 2
const LC_SEGMENT_64 = 0x19
export const LC_CODE_SIGNATURE = 0x1d
/** struct segment_command_64, without its sections; struct section_64. */
const SEGMENT_SIZE = 72
const SECTION_SIZE = 80

export interface Segment {
  /** Where its load command stands. */
  readonly command: number
  readonly fileOffset: number
  readonly fileSize: number
}

export interface MachO {
  readonly commands: number
  /** Bytes of all load commands. */
  readonly commandBytes: number
  /** First byte behind the header that is not free for load commands. */
  readonly firstContent: number
  readonly text: Segment
  /** Symbols and signature; what comes last in the file. */
  readonly linkEdit: Segment
  /** Where LC_CODE_SIGNATURE stands, and what it says; null where the file is not signed. */
  readonly signature: { readonly command: number; readonly offset: number } | null
}

/** Reads the header. @returns what is odd, in words, where it is no executable that can be signed */
export function readMachO(file: Buffer): MachO | string {
  if (file.length < HEADER_SIZE || file.readUInt32LE(0) !== MH_MAGIC_64)
    return 'it is no 64-bit Mach-O file'
  if (file.readUInt32LE(12) !== MH_EXECUTE) return 'it is no executable'
  const commands = file.readUInt32LE(16)
  const commandBytes = file.readUInt32LE(20)
  const end = HEADER_SIZE + commandBytes
  if (end > file.length) return 'its load commands go beyond its end'
  const segments = new Map<string, Segment>()
  let signature: MachO['signature'] = null
  let firstContent = file.length
  let at = HEADER_SIZE
  for (let index = 0; index < commands; index += 1) {
    const size = at + 8 <= end ? file.readUInt32LE(at + 4) : 0
    if (size < 8 || at + size > end) return 'a load command goes beyond their end'
    const kind = file.readUInt32LE(at)
    if (kind === LC_CODE_SIGNATURE) signature = { command: at, offset: file.readUInt32LE(at + 8) }
    if (kind === LC_SEGMENT_64) {
      const name = file.toString('latin1', at + 8, at + 24).replace(/\0.*$/, '')
      segments.set(name, {
        command: at,
        fileOffset: Number(file.readBigUInt64LE(at + 40)),
        fileSize: Number(file.readBigUInt64LE(at + 48)),
      })
      for (let section = at + SEGMENT_SIZE; section < at + size; section += SECTION_SIZE) {
        const offset = file.readUInt32LE(section + 48)
        if (offset > 0) firstContent = Math.min(firstContent, offset)
      }
    }
    at += size
  }
  const text = segments.get('__TEXT')
  const linkEdit = segments.get('__LINKEDIT')
  if (text === undefined || linkEdit === undefined) return 'it has no __TEXT or no __LINKEDIT'
  if (linkEdit.fileOffset + linkEdit.fileSize !== file.length)
    return '__LINKEDIT is not the end of the file'
  return { commands, commandBytes, firstContent, text, linkEdit, signature }
}
