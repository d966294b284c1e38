import type { RunningProgram, RunningPrograms } from '../../model/ports/running-programs.ts'
import { WindowsError } from '../../model/windows-error.ts'
import { bind, type Handle, lastError, readWideText } from './win32-error.ts'

const TH32CS_SNAPPROCESS = 2
const INVALID_HANDLE = 0xffffffffffffffffn
/** sizeof(PROCESSENTRY32W) on a 64-bit Windows, and the places of th32ProcessID and szExeFile in it. */
const ENTRY_SIZE = 568
const PID = 8
const NAME = 44

const kernel32 = bind('kernel32.dll', {
  CreateToolhelp32Snapshot:
    'uintptr_t __stdcall CreateToolhelp32Snapshot(uint32_t flags, uint32_t pid)',
  Process32FirstW: 'int __stdcall Process32FirstW(uintptr_t snapshot, void *entry)',
  Process32NextW: 'int __stdcall Process32NextW(uintptr_t snapshot, void *entry)',
  CloseHandle: 'int __stdcall CloseHandle(uintptr_t handle)',
})

/** By the snapshots of <tlhelp32.h>, which tell everybody the names of all programs. */
export function runningPrograms(): RunningPrograms {
  return {
    async all() {
      const api = kernel32()
      const snapshot: Handle = api.CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0)
      if (BigInt.asUintN(64, BigInt(snapshot)) === INVALID_HANDLE) {
        throw new WindowsError('CreateToolhelp32Snapshot', lastError())
      }
      try {
        const entry = Buffer.alloc(ENTRY_SIZE)
        entry.writeUInt32LE(ENTRY_SIZE, 0)
        const programs: RunningProgram[] = []
        for (
          let more = api.Process32FirstW(snapshot, entry);
          more;
          more = api.Process32NextW(snapshot, entry)
        ) {
          programs.push({ pid: entry.readUInt32LE(PID), name: readWideText(entry, NAME) })
        }
        return programs
      } finally {
        api.CloseHandle(snapshot)
      }
    },
  }
}
