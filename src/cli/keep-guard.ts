import { eventText } from '../model/event-text.ts'
import type { GuardEvent } from '../model/guard-event.ts'
import type { InstanceStatus } from '../model/guard-status.ts'
import type { LogEntry, Severity } from '../model/log-entry.ts'
import type { Caller, GuardApi } from '../model/ports/guard-api.ts'
import type { Control, ControlType, Host } from '../model/ports/host.ts'
import { windowsEvents } from '../model/windows-event-of.ts'
import { WINDOWS_EVENTS, type WindowsEventName } from '../model/windows-events.ts'
import { OVER, programEnd } from './program-end.ts'

/** What a manager may ask of a service, beyond its own codes. */
const CONTROLS: ReadonlySet<ControlType> = new Set(['stop', 'reload', 'pause', 'resume', 'custom'])

/** What is kept: the guard of one service, as {@link composeServiceGuard} makes it. */
export interface KeptGuard {
  readonly guard: {
    readonly api: Pick<GuardApi, 'status'>
    /** Resolves when the guard has ended. */
    readonly ended: Promise<unknown>
    force(): void
  }
  /** The guard as its own process asks it. */
  readonly own: Pick<GuardApi, 'act' | 'shutdown'>
  readonly self: Caller
  onEvent(tell: (event: GuardEvent) => void): () => void
  start(): Promise<void>
  /** An event of the guard's own. */
  note(text: string): void
  close(): Promise<void>
}

/** The states of a service that lives, as its manager is shown them. */
type Shown = 'starting' | 'running' | 'paused'

/**
 * Keeps the guard of a service under its manager until it ends: controls in, reports out. The service
 * is running when the program is ready; when the program has ended for good, so has the service.
 *
 * @returns the exit code that the process has to end with
 */
export async function keepGuard(kept: KeptGuard, host: Host): Promise<number> {
  const { guard, self, own } = kept
  const everything = { names: [] }
  let looking = false
  let shown: Shown = 'starting'
  let passing = false
  let ending = false
  let ended = false
  let last: InstanceStatus | null = null
  let told = ''
  const windowsEvent = windowsEvents()

  const end = (): void => {
    if (ending) return
    ending = true
    void own.shutdown({ keep: false }, self)
  }
  const off = kept.onEvent((event) => {
    const text = eventText(event)
    const name = windowsEvent(event)
    if (text !== null) host.log(entryOf(event, text, name))
    // What an event tells of is whole when everything that follows from it has happened.
    if (looking) return
    looking = true
    setImmediate(look)
  })
  host.listen((control) => {
    void obey(control).catch((error: unknown) => {
      host.log({ severity: 3, message: `${control.type}: ${(error as Error).message}` })
    })
  })
  host.accept(CONTROLS)
  host.report('starting')
  try {
    await kept.start()
  } catch (error) {
    // What was started before the guard found out that it cannot be asked is not left alone.
    await own.shutdown({ keep: false }, self)
    await kept.close()
    throw error
  }
  await guard.ended
  off()
  ended = true
  await kept.close()
  const { exit, failure } = programEnd(last, host.kind)
  return host.finish(exit, failure)

  /** Tells the manager what has become of the program. */
  function look(): void {
    looking = false
    const [status] = guard.api.status(everything).services
    if (status === undefined || ended) return
    if (!ending) last = status
    const text = status.phase === 'running' ? readyText(status) : `${status.phase}: ${status.why}`
    if (text !== told && host.kind !== 'console') host.status(text)
    told = text
    if (ending) return
    if (!passing) show(stateOf(status))
    if (OVER.has(status.phase)) end()
  }

  /** Ready is told once, and whatever pauses the program, by whomever it was asked. */
  function stateOf({ phase, ready }: InstanceStatus): Shown {
    if (phase === 'paused' && shown !== 'starting') return 'paused'
    return shown === 'starting' && !ready ? 'starting' : 'running'
  }

  function show(next: Shown): void {
    if (next !== shown) host.report(next)
    shown = next
  }

  /** @returns whether it is done */
  async function act(verb: 'reload' | 'pause' | 'resume'): Promise<boolean> {
    const results = await own.act(verb, everything, self, {})
    for (const { error } of results) {
      if (error !== null) host.log({ severity: 3, message: `${error.message} (${error.hint})` })
    }
    return results.every(({ error }) => error === null)
  }

  /** A state that is on its way; what becomes of it is told. */
  async function pass(
    verb: 'reload' | 'pause' | 'resume',
    by: 'reloading' | 'pausing' | 'resuming',
    to: Shown,
  ): Promise<void> {
    passing = true
    host.report(by)
    const done = await act(verb).catch((error: unknown) => {
      host.log({ severity: 3, message: `${verb}: ${(error as Error).message}` })
      return false
    })
    passing = false
    if (done) shown = to
    if (!ending) host.report(shown)
    look()
  }

  async function obey(control: Control): Promise<void> {
    switch (control.type) {
      case 'stop':
        if (control.force) guard.force()
        if (control.reason === 'shutdown' || control.reason === 'preshutdown') {
          host.log({ severity: 5, message: 'the machine goes down' })
        }
        host.report('stopping')
        end()
        return
      case 'reload':
        await pass('reload', 'reloading', shown)
        return
      case 'pause':
        await pass('pause', 'pausing', 'paused')
        return
      case 'resume':
        await pass('resume', 'resuming', 'running')
        return
      // The SCM's own codes mean something to whoever listens to the events of the guard.
      case 'custom':
        kept.note(`control ${control.code} of the service manager`)
        return
      // What the SCM tells of the machine is for services of the SDK, which alone accept it.
      case 'session':
      case 'power':
      case 'time-change':
      // The host answers it.
      case 'interrogate':
        return
    }
  }
}

function readyText({ ready, health, statusText }: InstanceStatus): string {
  const words = health === 'unknown' ? (ready ? 'ready' : 'not ready') : health
  return `running, ${words}${statusText === null ? '' : `: ${statusText}`}`
}

function entryOf(event: GuardEvent, message: string, name: WindowsEventName | null): LogEntry {
  if (name === null) return { severity: severityOf(event), message }
  return { severity: WINDOWS_EVENTS[name].severity, message, event: name }
}

function severityOf(event: GuardEvent): Severity {
  if (event.type === 'guard') return event.severity
  if (event.type === 'survivors') return 3
  if (event.type === 'health') return event.health === 'unhealthy' ? 4 : 6
  if (event.type !== 'phase') return 6
  return event.to === 'fatal' || event.to === 'lost' ? 3 : event.to === 'backoff' ? 4 : 6
}
