import { bind } from '../win32-error.ts'
import { ACCESS, close, type Handle } from './kernel32.ts'
import { ntdll } from './ntdll.ts'
import { openLiving } from './process-identity.ts'

const PROCESS_BASIC_INFORMATION_SIZE = 48
/** Of a 64-bit process: PEB.ProcessParameters, RTL_USER_PROCESS_PARAMETERS.Environment and .EnvironmentSize. */
const PEB_BASE = 8
const PARAMETERS = 0x20
const ENVIRONMENT = 0x80
const ENVIRONMENT_SIZE = 0x3f0
/** Nothing that could be started has more. */
const LARGEST = 16 * 1024 * 1024

const kernel32 = bind('kernel32.dll', {
  K32EnumProcesses:
    'int __stdcall K32EnumProcesses(void *pids, uint32_t size, _Out_ uint32_t *used)',
})

/**
 * The environment of a process as it is now, by name; null where the process is gone, or may not be
 * read: PROCESS_VM_READ is given for processes of the same account.
 */
export function environmentOf(pid: number): Readonly<Record<string, string>> | null {
  const process = openLiving(pid, ACCESS.PROCESS_VM_READ)
  if (process === null) return null
  try {
    return readEnvironment(process)
  } finally {
    close(process)
  }
}

/** Pids of all processes there are. */
export function allPids(): readonly number[] {
  for (let room = 1024; ; room *= 4) {
    const pids = new Uint32Array(room)
    const used: [number] = [0]
    if (!kernel32().K32EnumProcesses(pids, pids.byteLength, used)) return []
    if (used[0] < pids.byteLength) return [...pids.subarray(0, used[0] / 4)]
  }
}

function readEnvironment(process: Handle): Readonly<Record<string, string>> | null {
  const basic = Buffer.alloc(PROCESS_BASIC_INFORMATION_SIZE)
  if (ntdll().NtQueryInformationProcess(process, 0, basic, basic.length, null) !== 0) return null
  const peb = basic.readBigUInt64LE(PEB_BASE)
  const parameters = read(process, peb + BigInt(PARAMETERS), 8)?.readBigUInt64LE(0) ?? 0n
  if (peb === 0n || parameters === 0n) return null
  const start = read(process, parameters + BigInt(ENVIRONMENT), 8)?.readBigUInt64LE(0) ?? 0n
  const size = read(process, parameters + BigInt(ENVIRONMENT_SIZE), 8)?.readBigUInt64LE(0) ?? 0n
  if (start === 0n || size === 0n || size > LARGEST) return null
  const block = read(process, start, Number(size))
  return block === null ? null : parsed(block.toString('utf16le'))
}

function read(process: Handle, address: bigint, size: number): Buffer | null {
  const buffer = Buffer.alloc(size)
  const status = ntdll().NtReadVirtualMemory(process, address, buffer, size, null) as number
  return status === 0 ? buffer : null
}

/** Each `NAME=VALUE` with its NUL, up to an empty one; names such as `=C:` begin with the sign. */
function parsed(block: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {}
  for (const line of block.split('\0')) {
    if (line === '') break
    const at = line.indexOf('=', 1)
    if (at > 0) variables[line.slice(0, at)] = line.slice(at + 1)
  }
  return variables
}
