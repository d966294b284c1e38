import type { ProcessIdentity } from '../../../model/ports/spawner.ts'
import { koffi } from '../win32-error.ts'
import { ACCESS, close, type Handle, kernel32, WAIT_TIMEOUT } from './kernel32.ts'

/** KUSER_SHARED_DATA, which every process has at this address, and BootId in it (ntddk.h). */
const BOOT_ID = 0x7ffe02c4n

/** How often this machine has booted; 0 where Windows does not count. The birth of a process tells boots apart as well. */
export function bootIdentity(): string {
  boot ??= String(koffi().decode(BOOT_ID, 'uint32_t'))
  return boot
}
let boot: string | null = null

/** When a process began, a FILETIME: units of 100 ns since 1601. Null where that is not told. */
export function birthOf(process: Handle): string | null {
  const [created, ...others] = [0, 1, 2, 3].map(() => Buffer.alloc(8))
  if (!kernel32().GetProcessTimes(process, created, ...others)) return null
  return (created as Buffer).readBigUInt64LE(0).toString()
}

/** Opens a process that lives; null where it does not, or may not be opened. */
export function openLiving(pid: number, access = 0): Handle | null {
  const api = kernel32()
  const wanted = ACCESS.PROCESS_QUERY_LIMITED_INFORMATION | ACCESS.SYNCHRONIZE | access
  const handle: Handle = api.OpenProcess(wanted, 0, pid)
  if (Number(handle) === 0) return null
  // A process that has ended is there for as long as somebody holds it.
  if (api.WaitForSingleObject(handle, 0) === WAIT_TIMEOUT) return handle
  close(handle)
  return null
}

/** Who has this number now; null for nobody. */
export function identityOf(pid: number): ProcessIdentity | null {
  const handle = openLiving(pid)
  if (handle === null) return null
  try {
    const birth = birthOf(handle)
    return birth === null ? null : { pid, birth, boot: bootIdentity() }
  } finally {
    close(handle)
  }
}

/** Path of the executable of a process; null where that is not told. */
export function imageOf(process: Handle): string | null {
  const name = Buffer.alloc(32_768 * 2)
  const size: [number] = [32_768]
  if (!kernel32().QueryFullProcessImageNameW(process, 0, name, size)) return null
  return name.toString('utf16le', 0, size[0] * 2)
}
