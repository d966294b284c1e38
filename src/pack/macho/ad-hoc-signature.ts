import { createHash } from 'node:crypto'
import { HEADER_SIZE, LC_CODE_SIGNATURE, type MachO, readMachO } from './mach-o.ts'

/** <kern/cs_blobs.h> of xnu; the numbers of a signature are big-endian. */
const CSMAGIC_EMBEDDED_SIGNATURE = 0xfade0cc0
const CSMAGIC_CODEDIRECTORY = 0xfade0c02
const CSSLOT_CODEDIRECTORY = 0
const CS_SUPPORTSEXECSEG = 0x20400
const CS_ADHOC = 0x2
/** Whoever has a certificate signs over it without force: codesign(1) takes it for none. */
const CS_LINKER_SIGNED = 0x20000
const CS_HASHTYPE_SHA256 = 2
const CS_EXECSEG_MAIN_BINARY = 1n
const HASH_SIZE = 32
const DIRECTORY_SIZE = 88
/** In front an index of one entry: magic, length, count; kind, offset; filled up to eight bytes. */
const INDEX_SIZE = 24
/** The unit of hashes, on each kind of processor. */
const PAGE_SHIFT = 12
const PAGE = 2 ** PAGE_SHIFT
/** Pages of memory on Apple silicon, which are the larger ones. */
const VM_PAGE = 0x4000
const COMMAND_SIZE = 16
const ALIGNMENT = 16

/**
 * An executable for macOS with an ad-hoc signature: hashes of all its pages, and nobody's name. Apple silicon
 * ends a program that has none before its first instruction. It is what linkers put in, and what codesign(1)
 * replaces by a signature of a developer. A signature that was there is replaced.
 *
 * @param file a 64-bit Mach-O executable for one processor
 * @param identifier the name in the signature; the file's by custom
 * @returns the signed file, or in words why it cannot be signed
 */
export function signAdHoc(file: Buffer, identifier: string): Buffer | string {
  const found = readMachO(file)
  if (typeof found === 'string') return found
  const commandAt = found.signature?.command ?? HEADER_SIZE + found.commandBytes
  if (found.signature === null && commandAt + COMMAND_SIZE > found.firstContent)
    return 'there is no room for another load command'
  const codeLimit = aligned(found.signature?.offset ?? file.length, ALIGNMENT)
  const pages = Math.ceil(codeLimit / PAGE)
  const name = Buffer.from(`${identifier}\0`)
  const beforeHashes = aligned(INDEX_SIZE + DIRECTORY_SIZE + name.length, ALIGNMENT)
  const size = beforeHashes + pages * HASH_SIZE

  const signed = Buffer.alloc(codeLimit + size)
  file.copy(signed, 0, 0, Math.min(file.length, codeLimit))
  writeCommands(signed, found, commandAt, codeLimit, size)

  const words = [CSMAGIC_EMBEDDED_SIGNATURE, size, 1, CSSLOT_CODEDIRECTORY, INDEX_SIZE]
  for (const [at, word] of words.entries()) signed.writeUInt32BE(word, codeLimit + at * 4)
  const directory = signed.subarray(codeLimit + INDEX_SIZE)
  writeDirectory(directory, found.text, beforeHashes - INDEX_SIZE, pages, codeLimit)
  name.copy(directory, DIRECTORY_SIZE)
  let at = codeLimit + beforeHashes
  for (let page = 0; page < codeLimit; page += PAGE) {
    // The last page is hashed as far as it goes, not filled up.
    const bytes = signed.subarray(page, Math.min(page + PAGE, codeLimit))
    at += createHash('sha256').update(bytes).digest().copy(signed, at)
  }
  return signed
}

/** The load command that says where the signature is, and the segment that has it. */
function writeCommands(
  file: Buffer,
  { signature, commands, commandBytes, linkEdit }: MachO,
  commandAt: number,
  offset: number,
  size: number,
): void {
  if (signature === null) {
    file.writeUInt32LE(commands + 1, 16)
    file.writeUInt32LE(commandBytes + COMMAND_SIZE, 20)
  }
  const words = [LC_CODE_SIGNATURE, COMMAND_SIZE, offset, size]
  for (const [at, word] of words.entries()) file.writeUInt32LE(word, commandAt + at * 4)
  const fileSize = offset + size - linkEdit.fileOffset
  const inMemory = Number(file.readBigUInt64LE(linkEdit.command + 32))
  if (fileSize > inMemory)
    file.writeBigUInt64LE(BigInt(aligned(fileSize, VM_PAGE)), linkEdit.command + 32)
  file.writeBigUInt64LE(BigInt(fileSize), linkEdit.command + 48)
}

/** struct CS_CodeDirectory; the name is behind it, and then the hashes. */
function writeDirectory(
  directory: Buffer,
  text: MachO['text'],
  hashes: number,
  pages: number,
  codeLimit: number,
): void {
  const words = [
    CSMAGIC_CODEDIRECTORY,
    directory.length,
    CS_SUPPORTSEXECSEG,
    CS_ADHOC | CS_LINKER_SIGNED,
    hashes,
    DIRECTORY_SIZE,
    0,
    pages,
    codeLimit,
  ]
  for (const [at, word] of words.entries()) directory.writeUInt32BE(word, at * 4)
  directory.set([HASH_SIZE, CS_HASHTYPE_SHA256, 0, PAGE_SHIFT], 36)
  directory.writeBigUInt64BE(BigInt(text.fileOffset), 64)
  directory.writeBigUInt64BE(BigInt(text.fileSize), 72)
  directory.writeBigUInt64BE(CS_EXECSEG_MAIN_BINARY, 80)
}

function aligned(number: number, to: number): number {
  return Math.ceil(number / to) * to
}
