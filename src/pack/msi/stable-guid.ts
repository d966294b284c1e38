import { createHash } from 'node:crypto'

/** A name space of our own, made once at random (RFC 9562, 5.5). */
const STEAD = '8f0a6f5e-6a0b-4c4c-9a3d-1d0a4b8e7c52'

/** The same name has the same GUID for ever: a UUID of version 5, SHA-1 of a name in a name space. */
export function stableGuid(name: string, space: string = STEAD): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(space.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [8, 12, 16, 20, 32]
    .map((end, index, ends) => hex.slice(index === 0 ? 0 : ends[index - 1], end))
    .join('-')
    .toUpperCase()
}

/**
 * What all versions of a product share, and by which Windows Installer knows them. It is derived from
 * publisher and name: those two may not change.
 */
export function upgradeCode(publisher: string, name: string): string {
  return stableGuid(`${publisher}\n${name}`)
}
