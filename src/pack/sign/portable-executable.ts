/** Offsets of the PE format, "PE Format" in Microsoft's documentation of Win32. */
const PE_HEADER = 0x40
const OPTIONAL_HEADER = PE_HEADER + 24
/** With all 16 directories; the one of signatures is among them. */
const OPTIONAL_SIZE = 240
const DIRECTORIES = 16
/** PE32+, and the offset of its directories in the optional header. */
const PE32_PLUS = 0x20b
const DIRECTORIES_AT = 112
/** IMAGE_DIRECTORY_ENTRY_SECURITY */
const SECURITY = 4

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
  bytes.writeUInt16LE(PE32_PLUS, OPTIONAL_HEADER)
  bytes.writeUInt32LE(DIRECTORIES, OPTIONAL_HEADER + DIRECTORIES_AT - 4)
  return bytes
}

/** Whether somebody has signed a 64-bit program or library of Windows; whether it verifies is another question. */
export function hasSignature(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const optional = view.getUint32(0x3c, true) + 24
  const size = optional + DIRECTORIES_AT + SECURITY * 8 + 4
  if (size + 4 > bytes.byteLength || view.getUint16(optional, true) !== PE32_PLUS) return false
  return view.getUint32(size, true) !== 0
}
