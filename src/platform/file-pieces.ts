import { open } from 'node:fs/promises'
import type { ReadFilePiece } from '../model/ports/file-pieces.ts'

export const readFilePiece: ReadFilePiece = async (path, range) => {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (handle === null) return null
  try {
    const { size } = await handle.stat()
    const { offset, length } = range(size)
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)))
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset)
    return { size, text: bytes.toString('utf8', 0, bytesRead) }
  } finally {
    await handle.close()
  }
}
