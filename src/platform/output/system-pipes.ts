import { windowsPipes } from '../win32/output-pipes.ts'
import { linuxPipes } from './pipes.ts'
import type { ThreadPipes } from './thread-pipes.ts'

/** The pipes of this system, for a thread that waits for them. */
export function threadPipes(): ThreadPipes {
  return process.platform === 'win32' ? windowsPipes() : linuxPipes()
}
