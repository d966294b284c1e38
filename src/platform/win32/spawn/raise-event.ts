import { spawn } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'
import { partWords } from '../../packed/parts.ts'
import { hasConsole, raiseInConsoles } from './console-events.ts'
import { close } from './kernel32.ts'
import { imageOf, openLiving } from './process-identity.ts'

/** IMAGE_DOS_HEADER.e_lfanew, IMAGE_OPTIONAL_HEADER.Subsystem behind it, IMAGE_SUBSYSTEM_WINDOWS_CUI. */
const NEW_HEADER = 0x3c
const SUBSYSTEM = 0x5c
const WINDOWS_CUI = 3

/**
 * Raises a console event for processes; from here where this process has no console, else by a
 * messenger, which takes the time of a start of Node and is not waited for.
 *
 * @returns pids that are reached; by a messenger those that have a console by their executable
 */
export function raiseEvent(pids: readonly number[], event: number): readonly number[] {
  if (!hasConsole()) return raiseInConsoles(pids, event)
  const reached = pids.filter(isConsoleProgram)
  if (reached.length === 0) return []
  const messenger = new URL(`./console-messenger${EXTENSION}`, import.meta.url)
  const words = [
    ...partWords('console-messenger', messenger),
    String(event),
    ...reached.map(String),
  ]
  // Not detached, which would be a process group of its own: Wine raises an event for all that share the
  // console in the group of who raises it alone, Windows for all of them.
  spawn(process.execPath, words, { stdio: 'ignore', windowsHide: true })
    // Without it the step is one that reached nobody, and the next one comes.
    .once('error', () => {})
    .unref()
  return reached
}

/** The published package has the same files in JavaScript. */
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

function isConsoleProgram(pid: number): boolean {
  const process = openLiving(pid)
  if (process === null) return false
  try {
    const image = imageOf(process)
    return image !== null && subsystemOf(image) === WINDOWS_CUI
  } finally {
    close(process)
  }
}

function subsystemOf(path: string): number | null {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return null
  }
  try {
    const word = Buffer.alloc(4)
    if (readSync(fd, word, 0, 4, NEW_HEADER) < 4) return null
    const header = word.readUInt32LE(0)
    return readSync(fd, word, 0, 2, header + SUBSYSTEM) < 2 ? null : word.readUInt16LE(0)
  } finally {
    closeSync(fd)
  }
}
