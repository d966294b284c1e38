import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import type { ProgramNotices } from '../../model/ports/program-notices.ts'
import { linuxPipes } from '../output/pipes.ts'
import { type DescriptorWatch, descriptorWatch } from './descriptor-watch.ts'
import { notifyListener, type Received } from './notify-listener.ts'

const LINE_BREAK = 10
/** So many messages are taken in one go, before others have their turn. */
const AT_ONCE = 64

/**
 * Sockets and FIFOs in one directory, all waited for by one thread.
 *
 * @param directory absolute and short (a socket's path has 107 bytes at most); made where it is not there
 * @param uidOf a user's number by name, null where there is none
 */
export function programNotices(
  directory: string,
  uidOf: (user: string) => number | null,
): ProgramNotices {
  let watch: DescriptorWatch | null = null
  const open = new Set<() => void>()
  const place = (name: string): string => {
    mkdirSync(directory, { recursive: true, mode: 0o711 })
    return join(directory, encodeURIComponent(name))
  }

  function watched(fd: number, readable: () => void, end: () => void): () => void {
    watch ??= descriptorWatch()
    watch.add(fd, readable)
    const close = (): void => {
      if (!open.delete(close)) return
      watch?.remove(fd)
      end()
    }
    open.add(close)
    return close
  }

  return {
    socket(id, user, receive) {
      const path = place(`${id}.notify`)
      remove(path)
      const listener = notifyListener(path)
      // Another user can reach it, and the kernel says who it was that spoke.
      chmodSync(path, user === null ? 0o600 : 0o666)
      const own = process.geteuid?.() ?? 0
      const theirs = user === null ? own : uidOf(user)
      const readable = (): void => {
        for (let count = 0; count < AT_ONCE; count += 1) {
          const message = listener.receive()
          if (message === null) return
          const { uid } = message.sender
          if (uid !== 0 && uid !== own && uid !== theirs) {
            closeAll(message)
            continue
          }
          receive({ ...message, uptime: Number(process.hrtime.bigint() / 1000n) })
        }
      }
      const close = watched(listener.fd, readable, () => {
        listener.close()
        remove(path)
      })
      const discard = (): void => {
        for (let count = 0; count < 10 * AT_ONCE; count += 1) {
          const message = listener.receive()
          if (message === null) return
          closeAll(message)
        }
      }
      return { address: path, catchUp: readable, discard, close }
    },
    pipe(id, incarnation, line) {
      const path = place(`${id}.${incarnation}.ready`)
      makeFifo(path)
      const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
      const data = Buffer.alloc(256)
      const close = watched(
        fd,
        () => {
          const length = readSome(fd, data)
          const found = length > 0 && data.subarray(0, length).includes(LINE_BREAK)
          // Nothing to read means that all writers are gone: it would be told for ever.
          if (found || length === 0) close()
          if (found) line()
        },
        () => {
          closeSync(fd)
          remove(path)
        },
      )
      return { descriptor: { kind: 'fifo', path }, close }
    },
    watchHangUp(fd, gone) {
      watch ??= descriptorWatch()
      const isWatched = watch.addHangUp(fd, () => {
        watch?.remove(fd)
        gone()
      })
      return () => {
        if (isWatched) watch?.remove(fd)
      }
    },
    async close() {
      for (const close of [...open]) close()
      await watch?.close()
    },
  }
}

function closeAll({ descriptors }: Received): void {
  for (const fd of descriptors) closeSync(fd)
}

/** -1 where there is nothing at the moment. */
function readSome(fd: number, data: Buffer): number {
  try {
    return readSync(fd, data)
  } catch {
    return -1
  }
}

function makeFifo(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFIFO()) return
  remove(path)
  if (linuxPipes().mkfifo(path, 0o600) < 0) throw new Error(`cannot make the FIFO ${path}`)
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It was not there.
  }
}
