import type { Exit } from '../../src/model/exit.ts'
import type { LogEntry } from '../../src/model/log-entry.ts'
import type { Control, ControlType, Host } from '../../src/model/ports/host.ts'
import type { ProcessEvents } from '../../src/model/ports/process-events.ts'

export interface FakeHost extends Host {
  send(control: Control): void
  /** Everything that was reported, in order: states, and `finish CODE` at the end. */
  readonly reports: string[]
  readonly patience: (number | undefined)[]
  readonly logs: LogEntry[]
  readonly texts: string[]
  pulses: number
  accepted: ReadonlySet<ControlType>
  finished: { exit: Exit; reason: string | null }[]
}

/** A host that writes down what it is told, and asks what a test wants asked. */
export function fakeHost(watchdog: number | null = null): FakeHost {
  const early: Control[] = []
  let receive = (control: Control): void => void early.push(control)
  const host: FakeHost = {
    kind: 'console',
    delivers: new Set(['stop', 'reload', 'pause', 'resume', 'custom', 'interrogate']),
    watchdog,
    startArguments: [],
    reports: [],
    patience: [],
    logs: [],
    texts: [],
    pulses: 0,
    accepted: new Set(),
    finished: [],
    send: (control) => receive(control),
    listen(receiver) {
      receive = receiver
      for (const control of early.splice(0)) receiver(control)
    },
    accept(controls) {
      host.accepted = controls
    },
    report(state, patience) {
      host.reports.push(state)
      host.patience.push(patience)
    },
    status: (text) => void host.texts.push(text),
    pulse() {
      host.pulses += 1
    },
    log: (entry) => void host.logs.push(entry),
    finish(exit, reason) {
      host.finished.push({ exit, reason })
      const code = exit.kind === 'code' ? exit.code : 1
      host.reports.push(`finish ${code}`)
      return code
    },
    async close() {},
  }
  return host
}

export interface FakeProcessEvents extends ProcessEvents {
  fault(error: unknown): void
  /** What `process.exit(code)` does; gives the code that the process ends with. */
  exit(code: number): number
  alive: number
}

/** The events of a process that is not there. */
export function fakeProcessEvents(): FakeProcessEvents {
  const faults = new Set<(error: unknown) => void>()
  const exits = new Set<(code: number) => number>()
  const events: FakeProcessEvents = {
    alive: 0,
    onFault(receiver) {
      faults.add(receiver)
      return () => void faults.delete(receiver)
    },
    onExit(receiver) {
      exits.add(receiver)
      return () => void exits.delete(receiver)
    },
    keepAlive() {
      events.alive += 1
      return () => {
        events.alive -= 1
      }
    },
    fault(error) {
      for (const receiver of [...faults]) receiver(error)
    },
    exit: (code) => [...exits].reduce((now, receiver) => receiver(now), code),
  }
  return events
}
