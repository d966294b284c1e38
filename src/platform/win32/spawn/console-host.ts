import { close, kernel32 } from './kernel32.ts'
import { imageOf, openLiving } from './process-identity.ts'

/**
 * Whether a process is the conhost.exe of the system. One is started for the console of a program, may
 * be in its job, and ends by itself with the last that uses the console: it is nobody's child.
 */
export function isConsoleHost(pid: number): boolean {
  const process = openLiving(pid)
  if (process === null) return false
  try {
    path ??= `${systemDirectory()}\\conhost.exe`.toLowerCase()
    return imageOf(process)?.toLowerCase() === path
  } finally {
    close(process)
  }
}
let path: string | null = null

/** C:\Windows\System32, by the system and not by the environment. */
export function systemDirectory(): string {
  const buffer = Buffer.alloc(520)
  const length = kernel32().GetSystemDirectoryW(buffer, buffer.length / 2) as number
  return buffer.toString('utf16le', 0, length * 2)
}
