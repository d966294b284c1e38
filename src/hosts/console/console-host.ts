import { describeExit, type Exit, succeeded } from '../../model/exit.ts'
import type { LifecycleState } from '../../model/lifecycle-state.ts'
import type { LogEntry, Severity } from '../../model/log-entry.ts'
import type { Clock } from '../../model/ports/clock.ts'
import type { ControlType, Host } from '../../model/ports/host.ts'
import type { Signals } from '../../model/ports/process-events.ts'
import type { Terminal } from '../../model/ports/terminal.ts'
import { controlsQueue } from '../controls-queue.ts'
import { signalControls } from '../signal-controls.ts'

export interface ConsoleHostParts {
  readonly name: string
  readonly signals: Signals
  readonly clock: Clock
  /** Standard error: standard output belongs to the service. */
  readonly terminal: Terminal
}

const COLOURS: Readonly<Record<LifecycleState, number>> = {
  stopped: 2,
  starting: 33,
  running: 32,
  pausing: 33,
  paused: 36,
  resuming: 33,
  reloading: 33,
  stopping: 33,
}

const SEVERITIES: Readonly<Record<Severity, readonly [string, number]>> = {
  0: ['emerg', 31],
  1: ['alert', 31],
  2: ['crit', 31],
  3: ['error', 31],
  4: ['warn', 33],
  5: ['notice', 36],
  6: ['info', 0],
  7: ['debug', 2],
}

/**
 * The host of a service that somebody runs in a terminal: the full twin of the managers, with signals
 * for controls and the states on the screen.
 */
export function consoleHost({ name, signals, clock, terminal }: ConsoleHostParts): Host {
  const queue = controlsQueue()
  let accepts: ReadonlySet<ControlType> = new Set()
  /** Has the service taken a reload at any time? */
  let reloads = false
  let since = clock.monotonic()
  let reported: LifecycleState | null = null
  const giveBack = signalControls({
    signals,
    clock,
    deliver: queue.push,
    accepts: () => accepts,
    hangsUp: () => !reloads,
    reasonOfStop: async () => 'request',
  })
  const paint = (text: string, code: number): string =>
    terminal.colour && code !== 0 ? `\u001b[${code}m${text}\u001b[0m` : text
  const line = (label: string, colour: number, text: string): void =>
    terminal.line(`${clock.wall().toISOString().slice(11, 23)} ${paint(label, colour)} ${text}`)

  function show(state: LifecycleState, more: string): void {
    const now = clock.monotonic()
    const took =
      state === 'running' || state === 'paused' || state === 'stopped'
        ? ` after ${Math.round(now - since)} ms`
        : ''
    since = now
    line(state, COLOURS[state], `${name}${took}${more}`)
  }

  return {
    kind: 'console',
    delivers: new Set(['stop', 'reload', 'pause', 'resume']),
    watchdog: null,
    startArguments: [],
    listen: queue.listen,
    accept(controls) {
      accepts = controls
      reloads ||= controls.has('reload')
    },
    report(state, patience) {
      // A report of the same state only moves a deadline, which nobody watches here.
      if (patience === undefined || state !== reported) show(state, keysOf(state))
      reported = state
    },
    status: (text) => line('status', 36, text),
    pulse() {},
    log(entry: LogEntry) {
      const [label, colour] = SEVERITIES[entry.severity]
      const fields = entry.fields === undefined ? '' : ` ${JSON.stringify(entry.fields)}`
      line(label, colour, `${entry.message}${fields}`)
    },
    finish(exit: Exit, reason: string | null) {
      giveBack()
      show(
        'stopped',
        succeeded(exit) ? '' : ` with ${describeExit(exit)}${reason === null ? '' : `: ${reason}`}`,
      )
      return exit.kind === 'code' ? exit.code : 1
    },
    async close() {
      giveBack()
    },
  }

  function keysOf(state: LifecycleState): string {
    if (state !== 'running' || !terminal.colour) return ''
    const hints = ['Ctrl-C stops']
    if (accepts.has('reload')) hints.push('SIGHUP reloads')
    if (accepts.has('pause')) hints.push('SIGUSR1 pauses, SIGUSR2 resumes')
    return paint(` (${hints.join(', ')})`, 2)
  }
}
