/** Offsets of the PE format, "PE Format" in Microsoft's documentation of Win32. */
const PE_HEADER = 0x40
const OPTIONAL_HEADER = PE_HEADER + 24
/** With all 16 directories; the one of signatures is among them. */
const OPTIONAL_SIZE = 240
const DIRECTORIES = 16

/**
 * A program for Windows that has nothing in it but headers: what a signature is tried on before anything is built, so
 * that a wrong PIN or a chain that ends nowhere is known in time. It is never run.
 */
export function leastProgram(): Uint8Array {
  const bytes = Buffer.alloc(512)
  bytes.write('MZ', 0, 'latin1')
  bytes.writeUInt32LE(PE_HEADER, 0x3c)
  bytes.write('PE\0\0', PE_HEADER, 'latin1')
  // IMAGE_FILE_MACHINE_AMD64
  bytes.writeUInt16LE(0x8664, PE_HEADER + 4)
  bytes.writeUInt16LE(OPTIONAL_SIZE, PE_HEADER + 20)
  // PE32+
  bytes.writeUInt16LE(0x20b, OPTIONAL_HEADER)
  bytes.writeUInt32LE(DIRECTORIES, OPTIONAL_HEADER + 108)
  return bytes
}
