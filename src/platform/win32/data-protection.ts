import { bind, checked, type Handle, koffi } from './win32-error.ts'

/** Whose Windows logon the protection is bound to: the caller's, or any on this machine. */
export type ProtectionScope = 'user' | 'machine'

const CRYPTPROTECT_UI_FORBIDDEN = 0x1
const CRYPTPROTECT_LOCAL_MACHINE = 0x4
/** sizeof(DATA_BLOB) on a 64-bit Windows: a DWORD, and a pointer at 8 (<wincrypt.h>). */
const BLOB_SIZE = 16

const crypt32 = bind('crypt32.dll', {
  CryptProtectData:
    'int __stdcall CryptProtectData(void *in, str16 description, void *entropy, void *reserved, void *prompt, uint32_t flags, void *out)',
  CryptUnprotectData:
    'int __stdcall CryptUnprotectData(void *in, void *description, void *entropy, void *reserved, void *prompt, uint32_t flags, void *out)',
})

const kernel32 = bind('kernel32.dll', { LocalFree: 'void *__stdcall LocalFree(uint64_t memory)' })

/** Protects by DPAPI (CryptProtectData): without that user's, or that machine's, secrets it is noise. */
export function protect(bytes: Buffer, scope: ProtectionScope): Buffer {
  const flags = CRYPTPROTECT_UI_FORBIDDEN | (scope === 'machine' ? CRYPTPROTECT_LOCAL_MACHINE : 0)
  const out = Buffer.alloc(BLOB_SIZE)
  checked(
    'CryptProtectData',
    crypt32().CryptProtectData(blob(bytes), 'stead', null, null, null, flags, out),
  )
  return taken(out)
}

/** @throws WindowsError where it was protected elsewhere, or changed */
export function unprotect(bytes: Buffer): Buffer {
  const out = Buffer.alloc(BLOB_SIZE)
  checked(
    'CryptUnprotectData',
    crypt32().CryptUnprotectData(
      ...[blob(bytes), null, null, null, null, CRYPTPROTECT_UI_FORBIDDEN, out],
    ),
  )
  return taken(out)
}

function blob(bytes: Buffer): Buffer {
  const made = Buffer.alloc(BLOB_SIZE)
  made.writeUInt32LE(bytes.length, 0)
  made.writeBigUInt64LE(BigInt(koffi().address(bytes)), 8)
  return made
}

/** Copies what Windows allocated, wipes it there, and gives the memory back. */
function taken(out: Buffer): Buffer {
  const memory: Handle = out.readBigUInt64LE(8)
  const there = koffi().view(memory, out.readUInt32LE(0))
  const bytes = Buffer.from(new Uint8Array(there))
  new Uint8Array(there).fill(0)
  kernel32().LocalFree(memory)
  return bytes
}
