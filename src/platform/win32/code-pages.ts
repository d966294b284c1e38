import { bind } from './win32-error.ts'

const kernel = bind('kernel32.dll', {
  GetOEMCP: 'uint32_t __stdcall GetOEMCP()',
  GetACP: 'uint32_t __stdcall GetACP()',
  MultiByteToWideChar:
    'int32_t __stdcall MultiByteToWideChar(uint32_t page, uint32_t flags, void *bytes, int32_t length, _Out_ void *text, int32_t size)',
})

/** The code page of consoles, or that of programs without Unicode, on this machine. */
export function codePage(which: 'oem' | 'ansi'): number {
  const api = kernel()
  return which === 'oem' ? api.GetOEMCP() : api.GetACP()
}

/** What the bytes 128 to 255 are in a code page of one byte for each character; U+FFFD for none. */
export function upperHalf(page: number): string {
  const api = kernel()
  const text = Buffer.alloc(4)
  return Array.from({ length: 128 }, (_, index) => {
    const count: number = api.MultiByteToWideChar(page, 0, Buffer.of(128 + index), 1, text, 2)
    return count === 1 ? text.toString('utf16le', 0, 2) : '\uFFFD'
  }).join('')
}
