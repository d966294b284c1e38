/** Keys that Windows protects: DPAPI, as Wine has it. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findKeyRing, writeKeyFile } from '../../../src/cli/compose-secrets.ts'
import { PROTECTED } from '../../../src/platform/secrets/key-text.ts'
import { protect, unprotect } from '../../../src/platform/win32/data-protection.ts'
import { fileDescriptor } from '../../../src/platform/win32/file-security.ts'
import { securityAttributes } from '../../../src/platform/win32/security-text.ts'
import { close, kernel32 } from '../../../src/platform/win32/spawn/kernel32.ts'
import { formatKey, newKey } from '../../../src/secrets/key-ring.ts'
import { describe, test } from '../../contract/harness.ts'

describe('a key that Windows protects', () => {
  for (const scope of ['user', 'machine'] as const) {
    test(`opens again for this ${scope}, and is not readable where it lies`, {}, async () => {
      const place = mkdtempSync(join(tmpdir(), 'stead-keys-'))
      try {
        const key = newKey()
        const path = join(place, 'stead.key')
        await writeKeyFile(path, `${formatKey(key)}\n`, { replace: false, protect: scope })
        const written = readFileSync(path, 'utf8')
        assert.ok(written.startsWith(PROTECTED))
        const bytes = Buffer.from(written.slice(PROTECTED.length), 'base64')
        assert.ok(!bytes.includes(key.bytes.toString('base64url')))
        assert.equal(findKeyRing(path, {}).sealing.id, key.id)
      } finally {
        rmSync(place, { recursive: true })
      }
    })
  }

  test('is nobody else’s where it lies, and is refused where others can read it', {}, async () => {
    const place = mkdtempSync(join(tmpdir(), 'stead-keys-'))
    try {
      const [path, open] = [join(place, 'stead.key'), join(place, 'open.key')]
      const key = newKey()
      for (const replace of [false, true]) {
        await writeKeyFile(path, `${formatKey(key)}\n`, { replace, protect: null })
        assert.doesNotMatch(fileDescriptor(path) ?? '', /;;;(WD|BU|AU)\)/)
        assert.equal(findKeyRing(path, {}).sealing.id, key.id)
      }
      const again = { replace: false, protect: null } as const
      await assert.rejects(writeKeyFile(path, '', again), { code: 'KEY_EXISTS' })
      const everybody = securityAttributes('D:P(A;;FA;;;WD)')
      close(kernel32().CreateFileW(open, 0x40000000, 0, everybody, 1, 0x80, 0))
      writeFileSync(open, readFileSync(path))
      assert.throws(() => findKeyRing(open, {}), /can be read by others \(Everyone\): icacls/)
    } finally {
      rmSync(place, { recursive: true })
    }
  })

  test('is refused where a byte of it was changed', {}, () => {
    const bytes = protect(Buffer.from('a key'), 'user')
    assert.equal(unprotect(bytes).toString(), 'a key')
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    assert.throws(() => unprotect(bytes), /CryptUnprotectData/)
  })
})
