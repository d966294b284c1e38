import type { Socket } from 'node:net'
import { type PeerCredentials, peerCredentials } from '../posix/peer-credentials.ts'

/** Who is at the other end of a connected unix socket; null where the system does not tell. Pipes of Windows: `pipeCaller`. */
export function peerOf(socket: Socket): PeerCredentials | null {
  // Node gives the number of a socket's descriptor nowhere else.
  const { _handle: handle } = socket as unknown as { _handle: { readonly fd: number } | null }
  if (handle === null || process.platform === 'win32') return null
  return peerCredentials(handle.fd)
}
