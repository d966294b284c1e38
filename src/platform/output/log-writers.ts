import { logTarget } from './log-target.ts'
import { type LogWriter, logWriter } from './log-writer.ts'
import type { ChannelSetup } from './worker-messages.ts'

/** One writer for each file, however many channels go to it. */
export interface LogWriters {
  take(setup: ChannelSetup): LogWriter
  /** Closes it when nobody else has it. */
  giveBack(writer: LogWriter): void
}

export function logWriters(onRotated: (path: string) => void): LogWriters {
  const writers = new Map<string, { writer: LogWriter; users: number }>()
  return {
    take({ file, policy }) {
      const known = writers.get(file)
      if (known !== undefined) {
        known.users += 1
        known.writer.target.rotateBy(policy.rotate)
        return known.writer
      }
      const target = logTarget(file, policy.rotate, (path) => {
        writer.rotations += 1
        onRotated(path)
      })
      const writer = logWriter(target)
      writers.set(file, { writer, users: 1 })
      return writer
    },
    giveBack(writer) {
      const known = writers.get(writer.target.path)
      if (known === undefined || --known.users > 0) return
      writers.delete(writer.target.path)
      writer.close()
    },
  }
}
