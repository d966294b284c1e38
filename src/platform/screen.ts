import { writeSync } from 'node:fs'
import type { Screen, ScreenEvents } from '../model/ports/screen.ts'

/**
 * Private modes of xterm that all terminals of today know (console_codes(4), ctlseqs): another screen,
 * no cursor, no wrapping at the margin, what is pasted comes in brackets.
 */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[?2004h\u001b[2J'
const LEAVE = '\u001b[0m\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[?1049l'
/** What is taken for the size where the terminal does not say. */
const USUAL = { columns: 80, rows: 24 } as const
const ENDS = ['SIGHUP', 'SIGTERM', 'SIGINT'] as const

/**
 * The terminal of this process. However the process ends, an exception that nobody caught included, the
 * terminal is given back; SIGKILL alone leaves it as it is (`reset` mends it).
 */
export function processScreen(events: ScreenEvents): Screen {
  const { stdin, stdout } = process
  let entered = false

  /** Written at once: there may be no later. */
  function send(text: string): void {
    try {
      writeSync(stdout.fd, text)
    } catch {
      // A terminal that is gone cannot be given back.
    }
  }

  function raw(on: boolean): void {
    try {
      stdin.setRawMode(on)
    } catch {
      // As above.
    }
  }

  function enter(): void {
    if (entered) return
    entered = true
    raw(true)
    send(ENTER)
    stdin.resume()
  }

  function leave(): void {
    if (!entered) return
    entered = false
    stdin.pause()
    send(LEAVE)
    raw(false)
  }

  /** Stops whom the signal is for: this process, or with 0 its whole job. */
  function stop(pid: number): void {
    leave()
    process.off('SIGTSTP', stopSelf)
    // A job without a shell to continue it is not stopped by the kernel, and comes back at once.
    process.kill(pid, 'SIGTSTP')
    process.on('SIGTSTP', stopSelf)
    enter()
    events.changed()
  }
  const stopSelf = (): void => stop(process.pid)

  stdin.setEncoding('utf8')
  stdin.on('data', (text: string) => events.typed(text))
  for (const stream of [stdin, stdout]) stream.on('error', () => events.gone(null))
  stdin.on('end', () => events.gone(null))
  stdout.on('resize', events.changed)
  for (const name of ENDS) process.on(name, () => events.gone(name))
  process.on('SIGTSTP', stopSelf)
  process.on('SIGCONT', () => {
    // The shell that held the terminal meanwhile may have left it in any state.
    if (!entered) return
    entered = false
    enter()
    events.changed()
  })
  process.on('uncaughtExceptionMonitor', leave)
  process.on('exit', leave)

  return {
    size: () => ({
      columns: stdout.columns || USUAL.columns,
      rows: stdout.rows || USUAL.rows,
    }),
    enter,
    leave,
    write: (text) => void stdout.write(text),
    suspend: () => stop(0),
  }
}
