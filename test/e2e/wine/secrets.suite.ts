/** Keys that Windows protects: DPAPI, as Wine has it. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findKeyRing, writeKeyFile } from '../../../src/cli/compose-secrets.ts'
import { PROTECTED } from '../../../src/platform/secrets/key-text.ts'
import { protect, unprotect } from '../../../src/platform/win32/data-protection.ts'
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

  test('is refused where a byte of it was changed', {}, () => {
    const bytes = protect(Buffer.from('a key'), 'user')
    assert.equal(unprotect(bytes).toString(), 'a key')
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    assert.throws(() => unprotect(bytes), /CryptUnprotectData/)
  })
})
