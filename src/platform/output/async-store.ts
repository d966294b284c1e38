import { ftruncateSync, write } from 'node:fs'
import { promisify } from 'node:util'
import type { Clock } from '../../model/ports/clock.ts'
import { type LogWriter, troubleOf } from './log-writer.ts'
import type { PumpedChannel } from './pumped-channel.ts'

const writeTo = promisify(write)
/** A pipe that is the log's target and is full is tried again so often. */
const FULL_WAIT = 20

/** Stores lines without keeping the thread busy; one call at a time for each writer. */
export interface AsyncStore {
  /** As {@link LogWriter.begin} and {@link LogWriter.store} together. */
  store(
    channel: PumpedChannel,
    owner: unknown,
    lines: Buffer,
    gap: (bytes: number, lines: number | null) => Buffer,
    at: number,
  ): Promise<number>
  storeBytes(writer: LogWriter, bytes: Buffer, at: number): Promise<number>
  /** What its target does not take is dropped from now on. */
  giveUp(writer: LogWriter): void
}

export function asyncStore(clock: Clock): AsyncStore {
  const hopeless = new WeakSet<LogWriter>()

  async function store(
    channel: PumpedChannel,
    owner: unknown,
    lines: Buffer,
    gap: (bytes: number, lines: number | null) => Buffer,
    at: number,
  ): Promise<number> {
    const { writer } = channel
    if (!channel.prepare(at)) return 0
    const opening = writer.opening(owner, gap)
    if (opening.bytes !== null) {
      if ((await storeBytes(writer, opening.bytes, at)) < opening.bytes.length) return 0
      opening.done()
    }
    return storeBytes(writer, lines, at)
  }

  async function storeBytes(writer: LogWriter, bytes: Buffer, at: number): Promise<number> {
    const { target } = writer
    let stored = 0
    try {
      while (stored < bytes.length) {
        const part = writer.nextPart(bytes, stored, bytes.length)
        if (part === 0) target.rotate(at)
        else {
          await writeWhole(writer, bytes, stored, part)
          stored += part
          if (stored < bytes.length && target.room() <= 0) target.rotate(at)
        }
      }
    } catch (error) {
      writer.trouble = troubleOf(error)
    }
    return stored
  }

  async function writeWhole(
    writer: LogWriter,
    bytes: Buffer,
    from: number,
    length: number,
  ): Promise<void> {
    const { target } = writer
    for (let at = 0; at < length; ) {
      const position = target.seekable() ? target.offset() + at : null
      try {
        at += (await writeTo(target.fd(), bytes, from + at, length - at, position)).bytesWritten
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
          if (target.seekable()) ftruncateSync(target.fd(), target.offset())
          throw error
        }
        await clock.sleep(FULL_WAIT)
        if (hopeless.has(writer)) throw error
      }
    }
    if (target.seekable()) target.advance(length)
  }

  return { store, storeBytes, giveUp: (writer) => void hopeless.add(writer) }
}
