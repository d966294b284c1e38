import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Locks } from '../../model/ports/locks.ts'

/** <winnt.h>, <fileapi.h>, <winbase.h> */
const GENERIC_READ_WRITE = 0xc0000000
const FILE_SHARE_READ_DELETE = 1 | 4
const OPEN_ALWAYS = 4
/** FILE_ATTRIBUTE_NORMAL | FILE_FLAG_DELETE_ON_CLOSE: the file goes with its holder. */
const ATTRIBUTES = 0x80 | 0x04000000
const INVALID_HANDLE_VALUE = -1
const ERROR_SHARING_VIOLATION = 32

type Handle = number | bigint

interface Kernel32 {
  createFile(
    path: string,
    access: number,
    share: number,
    security: null,
    disposition: number,
    attributes: number,
    template: null,
  ): Handle
  writeFile(
    handle: Handle,
    data: Buffer,
    length: number,
    written: number[],
    overlapped: null,
  ): boolean
  closeHandle(handle: Handle): boolean
  getLastError(): number
}

/** Locks by a file that others may only read while it is open (CreateFileW), and that is deleted on close. */
export function locks(): Locks {
  return {
    async acquire(path) {
      const kernel = kernel32()
      const handle = kernel.createFile(
        path,
        GENERIC_READ_WRITE,
        FILE_SHARE_READ_DELETE,
        null,
        OPEN_ALWAYS,
        ATTRIBUTES,
        null,
      )
      if (Number(handle) === INVALID_HANDLE_VALUE) {
        const code = kernel.getLastError()
        if (code !== ERROR_SHARING_VIOLATION) {
          throw new Error(`CreateFileW ${path}: Windows error ${code}`)
        }
        const holder = Number((await readFile(path, 'utf8').catch(() => '')).trim())
        return { lock: null, holder: Number.isInteger(holder) && holder > 0 ? holder : null }
      }
      const text = Buffer.from(`${process.pid}\n`)
      kernel.writeFile(handle, text, text.length, [0], null)
      return {
        lock: {
          async release() {
            kernel.closeHandle(handle)
          },
        },
        holder: null,
      }
    },
  }
}

let bindings: Kernel32 | null = null

function kernel32(): Kernel32 {
  if (bindings === null) {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
    const library = koffi.load('kernel32.dll')
    bindings = {
      createFile: library.func(
        'intptr_t __stdcall CreateFileW(const char16_t *path, uint32_t access, uint32_t share, void *security, uint32_t disposition, uint32_t attributes, void *template)',
      ) as Kernel32['createFile'],
      writeFile: library.func(
        'bool __stdcall WriteFile(intptr_t handle, const void *data, uint32_t length, _Out_ uint32_t *written, void *overlapped)',
      ) as Kernel32['writeFile'],
      closeHandle: library.func(
        'bool __stdcall CloseHandle(intptr_t handle)',
      ) as Kernel32['closeHandle'],
      getLastError: library.func('uint32_t __stdcall GetLastError()') as Kernel32['getLastError'],
    }
  }
  return bindings
}
