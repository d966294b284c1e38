import { openSync, readSync } from 'node:fs'

const ELF_MACHINES: Readonly<Record<number, string>> = { 62: 'x64', 183: 'arm64' }
const PE_MACHINES: Readonly<Record<number, string>> = { 34404: 'x64' }
const MACH_O_PROCESSORS: Readonly<Record<number, string>> = {
  16777223: 'x64',
  16777228: 'arm64',
}

/**
 * For which system and processor a file is an executable, by its own headers: e_machine of elf(5), the machine
 * in the header of PE ("PE Format" of Microsoft), cputype of <mach/machine.h>.
 */
export function executableKind(path: string): string {
  const head = Buffer.alloc(4096)
  readSync(openSync(path, 'r'), head)
  const magic = head.toString('latin1', 0, 4)
  if (magic === '\x7fELF') return `linux-${ELF_MACHINES[head.readUInt16LE(18)]}`
  if (head.readUInt32LE(0) === 0xfeedfacf)
    return `darwin-${MACH_O_PROCESSORS[head.readUInt32LE(4)]}`
  const at = head.readUInt32LE(0x3c)
  if (magic.startsWith('MZ') && head.toString('latin1', at, at + 4) === 'PE\0\0')
    return `win-${PE_MACHINES[head.readUInt16LE(at + 4)]}`
  return `unknown: ${head.toString('hex', 0, 16)}`
}
