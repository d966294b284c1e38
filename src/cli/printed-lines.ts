import { StringDecoder } from 'node:string_decoder'
import { type LogEntry, SEVERITY } from '../model/log-entry.ts'

/** A line without an end is cut after so many characters. */
const LONGEST = 16_384

type Written = (error?: Error | null) => void

/**
 * What a program prints goes to the log of its service from now on, line by line: a Windows service
 * has no terminal, and what it prints would be lost.
 */
export function logPrinted(log: (entry: LogEntry) => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    const lines = printedLines((message) => log({ severity: SEVERITY.info, message }))
    stream.write = (chunk: string | Uint8Array, second?: unknown, third?: Written): boolean => {
      lines.take(chunk)
      const done = typeof second === 'function' ? (second as Written) : third
      if (done !== undefined) process.nextTick(done)
      return true
    }
    process.on('exit', lines.end)
  }
}

/** Puts chunks together to lines; characters that a chunk splits stay whole. */
export function printedLines(tell: (line: string) => void): {
  take(chunk: string | Uint8Array): void
  /** Tells the line that has no end. */
  end(): void
} {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const tellRest = (): void => {
    if (rest !== '') tell(rest)
    rest = ''
  }
  return {
    take(chunk) {
      rest += typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk))
      const whole = rest.split('\n')
      rest = whole.pop() ?? ''
      for (const line of whole) tell(line.replace(/\r$/, ''))
      while (rest.length > LONGEST) {
        tell(rest.slice(0, LONGEST))
        rest = rest.slice(LONGEST)
      }
    },
    end: tellRest,
  }
}
