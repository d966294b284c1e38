import { eventText } from '../../model/event-text.ts'
import type { GuardEvent } from '../../model/guard-event.ts'
import type { InstanceStatus } from '../../model/guard-status.ts'
import type { LogEntry, Severity } from '../../model/log-entry.ts'
import type { Control, ControlType, Host } from '../../model/ports/host.ts'
import { windowsEvents } from '../../model/windows-event-of.ts'
import { WINDOWS_EVENTS, type WindowsEventName } from '../../model/windows-events.ts'
import { boundNewSpace } from '../../platform/small-heap.ts'
import { composeHost } from '../compose-host.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import { exitCodeFor } from '../output.ts'
import { OVER, programEnd } from '../program-end.ts'
import { tellOfCrash } from '../tell-of-crash.ts'

type Composed = Awaited<
  ReturnType<typeof import('../compose-service-guard.ts').composeServiceGuard>
>

/** What a manager may ask of a service, beyond its own codes. */
const CONTROLS: ReadonlySet<ControlType> = new Set(['stop', 'reload', 'pause', 'resume', 'custom'])

/**
 * `run NAME`: the guard of one installed service, in this process, under its manager or in a terminal.
 * The manager is told that it is ready when the program is, and what is the matter with it; when the
 * program has ended for good, so does the guard.
 */
export function run(name: string, options: CommonOptions): Promise<number> {
  return runVerb(options, async () => {
    boundNewSpace()
    const host = await composeHost(name)
    const off = host.kind === 'scm' ? tellOfCrash(host) : () => {}
    try {
      const { composeServiceGuard } = await import('../compose-service-guard.ts')
      return await keep(await composeServiceGuard(name, host, options), host)
    } catch (error) {
      // The SCM has no other way to learn why there is no guard; it would take the end for a crash.
      if (host.kind === 'scm') {
        host.finish({ kind: 'code', code: exitCodeFor(error) }, (error as Error).message)
      }
      throw error
    } finally {
      off()
      await host.close()
    }
  })
}

async function keep(composed: Composed, host: Host): Promise<number> {
  const { guard, self, own } = composed
  const everything = { names: [] }
  let looking = false
  let ready = false
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
  const off = composed.onEvent((event) => {
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
    await composed.start()
  } catch (error) {
    // What was started before the guard found out that it cannot be asked is not left alone.
    await own.shutdown({ keep: false }, self)
    await composed.close()
    throw error
  }
  await guard.ended
  off()
  ended = true
  await composed.close()
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
    if (!ready && status.ready) {
      ready = true
      host.report('running')
    }
    if (OVER.has(status.phase)) end()
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
    verb: 'pause' | 'resume',
    by: 'pausing' | 'resuming',
    [from, to]: readonly ['running' | 'paused', 'running' | 'paused'],
  ): Promise<void> {
    host.report(by)
    const done = await act(verb).catch((error: unknown) => {
      host.log({ severity: 3, message: `${verb}: ${(error as Error).message}` })
      return false
    })
    if (!ending) host.report(done ? to : from)
  }

  async function obey(control: Control): Promise<void> {
    switch (control.type) {
      case 'stop':
        if (control.force) guard.force()
        host.report('stopping')
        end()
        return
      case 'reload':
        host.report('reloading')
        await act('reload')
        // Ready is told once, and by nothing but the program.
        host.report(ready ? 'running' : 'starting')
        return
      case 'pause':
        await pass('pause', 'pausing', ['running', 'paused'])
        return
      case 'resume':
        await pass('resume', 'resuming', ['paused', 'running'])
        return
      // The SCM's own codes mean something to whoever listens to the events of the guard.
      case 'custom':
        composed.note(`control ${control.code} of the service manager`)
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
