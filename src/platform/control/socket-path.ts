import { lstatSync, mkdirSync, type Stats, statSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { SteadError } from '../../errors.ts'
import { peerOf } from './peer.ts'

/** sun_path, unix(7): 108 bytes on Linux and 104 elsewhere, of which the last is a NUL. */
const LIMIT = process.platform === 'linux' ? 107 : 103
const DIRECTORY_MODE = 0o700
/** How long somebody who listens may take to say so. */
const PATIENCE = 2_000

/** @throws SOCKET_PATH_TOO_LONG */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path)
  if (process.platform !== 'win32' && bytes > LIMIT) {
    throw new SteadError('SOCKET_PATH_TOO_LONG', { path, bytes, limit: LIMIT })
  }
}

/**
 * Makes room for a socket: its directory is there and its user's alone, and what a guard that died
 * left there is gone.
 *
 * @throws DIRECTORY_UNSAFE for a directory of somebody else, GUARD_RUNNING where somebody listens
 */
export async function prepareSocketPath(path: string): Promise<void> {
  checkSocketPath(path)
  if (process.platform === 'win32') return
  prepareDirectory(dirname(path))
  const found = lstatOrNull(path)
  if (found === null) return
  if (!found.isSocket()) {
    throw new SteadError('DIRECTORY_UNSAFE', {
      path: dirname(path),
      reason: `${path} is no socket`,
    })
  }
  const holder = await listenerOf(path)
  if (holder !== null) throw new SteadError('GUARD_RUNNING', { where: path, holder })
  unlinkSync(path)
}

/** What is there already keeps its mode: it may be a directory that others use too, to read in it. */
function prepareDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: DIRECTORY_MODE })
  const { uid, mode } = statSync(path)
  const self = process.geteuid?.() ?? uid
  if (uid !== self) {
    throw new SteadError('DIRECTORY_UNSAFE', { path, reason: `it belongs to uid ${uid}` })
  }
  if ((mode & 0o022) !== 0) {
    throw new SteadError('DIRECTORY_UNSAFE', { path, reason: 'others may write to it' })
  }
}

/**
 * Who listens, in words; null for nobody: a socket that nobody listens on refuses at once
 * (connect(2)). The kernel tells who called listen(2) (unix(7), SO_PEERCRED).
 */
function listenerOf(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const end = (holder: string | null): void => {
      socket.destroy()
      resolve(holder)
    }
    socket.setTimeout(PATIENCE, () => end('somebody who does not answer'))
    socket.once('connect', () => {
      const pid = peerOf(socket)?.pid ?? null
      end(pid === null ? 'another process' : `pid ${pid}`)
    })
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      // A full queue (EAGAIN) or a missing right has somebody behind it.
      end(code === 'ECONNREFUSED' || code === 'ENOENT' ? null : 'a process that takes no more')
    })
  })
}

function lstatOrNull(path: string): Stats | null {
  try {
    return lstatSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
