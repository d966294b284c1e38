import { type Resource, resourceSection } from './resource-section.ts'

const FILE_ALIGNMENT = 0x200
const SECTION_ALIGNMENT = 0x1000
/** Where the only section is mapped: right after the page of the headers. */
const SECTION_ADDRESS = SECTION_ALIGNMENT
const PE_OFFSET = 0x40
const COFF_SIZE = 20
/** PE32+ with all sixteen data directories. */
const OPTIONAL_SIZE = 240
const IMAGE_FILE_MACHINE_AMD64 = 0x8664
/** EXECUTABLE_IMAGE, LARGE_ADDRESS_AWARE, DLL. */
const FILE_CHARACTERISTICS = 0x2022
/** DYNAMIC_BASE, NX_COMPAT, NO_SEH. */
const DLL_CHARACTERISTICS = 0x0540
/** CNT_INITIALIZED_DATA, MEM_READ. */
const SECTION_CHARACTERISTICS = 0x40000040
const SUBSYSTEM_WINDOWS_GUI = 2
/** Directory of the resources, of the sixteen. */
const RESOURCE_TABLE = 2

/**
 * A DLL that has one resource and nothing else, to the byte the same for the same resource: no code,
 * no entry point, no imports, no time stamp. It is made to be read, with LOAD_LIBRARY_AS_DATAFILE,
 * whatever the processor. Fields and their order are those of Microsoft's "PE Format".
 */
export function resourceDll(type: number, name: number, resources: readonly Resource[]): Buffer {
  const section = resourceSection(type, name, resources, SECTION_ADDRESS)
  const rawSize = roundUp(section.length, FILE_ALIGNMENT)
  const headers = Buffer.alloc(FILE_ALIGNMENT)
  headers.write('MZ', 0, 'latin1')
  headers.writeUInt32LE(PE_OFFSET, 0x3c)
  headers.write('PE\0\0', PE_OFFSET, 'latin1')
  fileHeader(headers, PE_OFFSET + 4)
  const optional = PE_OFFSET + 4 + COFF_SIZE
  optionalHeader(headers, optional, section.length, rawSize)
  sectionHeader(headers, optional + OPTIONAL_SIZE, section.length, rawSize)
  const image = Buffer.concat([headers, section, Buffer.alloc(rawSize - section.length)])
  image.writeUInt32LE(checksum(image), optional + 64)
  return image
}

function fileHeader(headers: Buffer, at: number): void {
  headers.writeUInt16LE(IMAGE_FILE_MACHINE_AMD64, at)
  headers.writeUInt16LE(1, at + 2)
  headers.writeUInt16LE(OPTIONAL_SIZE, at + 16)
  headers.writeUInt16LE(FILE_CHARACTERISTICS, at + 18)
}

function optionalHeader(headers: Buffer, at: number, size: number, rawSize: number): void {
  headers.writeUInt16LE(0x20b, at)
  headers.writeUInt32LE(rawSize, at + 8)
  headers.writeBigUInt64LE(0x180000000n, at + 24)
  headers.writeUInt32LE(SECTION_ALIGNMENT, at + 32)
  headers.writeUInt32LE(FILE_ALIGNMENT, at + 36)
  // Versions of the operating system and of the subsystem: 6.0, the oldest that takes PE32+ of today.
  headers.writeUInt16LE(6, at + 40)
  headers.writeUInt16LE(6, at + 48)
  headers.writeUInt32LE(SECTION_ADDRESS + roundUp(size, SECTION_ALIGNMENT), at + 56)
  headers.writeUInt32LE(FILE_ALIGNMENT, at + 60)
  headers.writeUInt16LE(SUBSYSTEM_WINDOWS_GUI, at + 68)
  headers.writeUInt16LE(DLL_CHARACTERISTICS, at + 70)
  // Stack and heap, reserved and committed: what the linker of Microsoft writes.
  for (const [index, bytes] of [0x100000n, 0x1000n, 0x100000n, 0x1000n].entries()) {
    headers.writeBigUInt64LE(bytes, at + 72 + index * 8)
  }
  headers.writeUInt32LE(16, at + 108)
  headers.writeUInt32LE(SECTION_ADDRESS, at + 112 + RESOURCE_TABLE * 8)
  headers.writeUInt32LE(size, at + 112 + RESOURCE_TABLE * 8 + 4)
}

function sectionHeader(headers: Buffer, at: number, size: number, rawSize: number): void {
  headers.write('.rsrc', at, 'latin1')
  headers.writeUInt32LE(size, at + 8)
  headers.writeUInt32LE(SECTION_ADDRESS, at + 12)
  headers.writeUInt32LE(rawSize, at + 16)
  headers.writeUInt32LE(FILE_ALIGNMENT, at + 20)
  headers.writeUInt32LE(SECTION_CHARACTERISTICS, at + 36)
}

/** The sum that MapFileAndCheckSum makes: sixteen bits at a time, carries added, and the length. */
function checksum(image: Buffer): number {
  let sum = 0
  for (let at = 0; at < image.length; at += 2) {
    sum += image.readUInt16LE(at)
    sum = (sum & 0xffff) + (sum >>> 16)
  }
  return sum + image.length
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step
}
