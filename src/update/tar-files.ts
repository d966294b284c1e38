import { isPathInside, pathClashes } from '../model/packed-paths.ts'

const BLOCK = 512

export interface TarFile {
  /** Relative, with `/`, and inside of where it is unpacked. */
  readonly path: string
  /** Bits of permission, without those by which others could write. */
  readonly mode: number
  readonly bytes: Uint8Array
}

/**
 * The files of an archive in the ustar format (POSIX.1-1988), as `stead pack` writes it: files and
 * directories, and nothing else. Links, devices and extensions are refused rather than passed over, and
 * so is a path that could not be packed.
 *
 * @returns what is wrong with it instead, in words
 */
export function tarFiles(archive: Buffer): readonly TarFile[] | { readonly problem: string } {
  const files: TarFile[] = []
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK)
    if (header.every((byte) => byte === 0)) return checked(files)
    if (!hasItsSum(header)) return { problem: `its header at ${at} is damaged` }
    const path = pathOf(header)
    const size = octal(header, 124, 12)
    const start = at + BLOCK
    if (size === null || start + size > archive.length) return { problem: `${path} is cut off` }
    at = start + Math.ceil(size / BLOCK) * BLOCK
    const type = String.fromCharCode(header[156] || 0x30)
    const plain = path.replace(/\/$/, '')
    if (!isPathInside(plain)) return { problem: `${JSON.stringify(path)} leads out of it` }
    if (type === '5') continue
    if (type !== '0') return { problem: `${path} is neither a file nor a directory` }
    const mode = (octal(header, 100, 8) ?? 0) & 0o755
    files.push({ path: plain, mode, bytes: archive.subarray(start, start + size) })
  }
  return { problem: 'it has no end' }
}

function checked(files: readonly TarFile[]): readonly TarFile[] | { problem: string } {
  const paths = files.map(({ path }) => path)
  const [clash] = pathClashes(paths)
  if (clash === undefined) return files
  return { problem: `${paths[clash.at]} cannot be beside ${clash.other} in it` }
}

/** The sum of all bytes, those of the sum itself counted as blanks. */
function hasItsSum(header: Uint8Array): boolean {
  let sum = 0
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte
  return octal(header, 148, 8) === sum
}

function pathOf(header: Uint8Array): string {
  const [name, prefix] = [text(header, 0, 100), text(header, 345, 155)]
  const isPosix = text(header, 257, 6) === 'ustar'
  return isPosix && prefix !== '' ? `${prefix}/${name}` : name
}

function octal(header: Uint8Array, start: number, length: number): number | null {
  const digits = text(header, start, length).trim()
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : null
}

function text(header: Uint8Array, start: number, length: number): string {
  const field = Buffer.from(header.subarray(start, start + length))
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end === -1 ? length : end)
}
