import type { PackTarget } from '../../model/pack-spec.ts'

/** e_machine of the ELF header, elf(5). */
const ELF_MACHINES = { 'linux-x64': 62, 'linux-arm64': 183 } as const
/** cputype of <mach/machine.h> in a 64-bit Mach-O header. */
const MACH_TYPES = { 'darwin-x64': 0x01000007, 'darwin-arm64': 0x0100000c } as const
const ELF_MAGIC = 0x7f454c46
const MACH_MAGIC = 0xfeedfacf
const MACH_FAT_MAGIC = 0xcafebabe
const IMAGE_FILE_MACHINE_AMD64 = 0x8664

/** Whether a native addon's file is for the system and processor of a target, by its header. */
export function isAddonFor(bytes: Buffer, target: PackTarget): boolean {
  if (bytes.length < 64) return false
  switch (target) {
    case 'linux-x64':
    case 'linux-arm64':
      return bytes.readUInt32BE(0) === ELF_MAGIC && bytes.readUInt16LE(18) === ELF_MACHINES[target]
    case 'win-x64': {
      const header = bytes.readUInt32LE(0x3c)
      if (bytes.toString('latin1', 0, 2) !== 'MZ' || header + 6 > bytes.length) return false
      return bytes.readUInt16LE(header + 4) === IMAGE_FILE_MACHINE_AMD64
    }
    case 'darwin-x64':
    case 'darwin-arm64':
      // A universal binary has both.
      return (
        bytes.readUInt32BE(0) === MACH_FAT_MAGIC ||
        (bytes.readUInt32LE(0) === MACH_MAGIC && bytes.readUInt32LE(4) === MACH_TYPES[target])
      )
  }
}
