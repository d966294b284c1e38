import { FAILED_FOR_GOOD } from '../../managers/guard-unit.ts'
import { eventText } from '../../model/event-text.ts'
import type { GuardEvent } from '../../model/guard-event.ts'
import type { InstanceStatus } from '../../model/guard-status.ts'
import type { Severity } from '../../model/log-entry.ts'
import type { Control, Host } from '../../model/ports/host.ts'
import { boundNewSpace } from '../../platform/small-heap.ts'
import { composeHost } from '../compose-host.ts'
import { type CommonOptions, runVerb } from '../context.ts'

type Composed = Awaited<
  ReturnType<typeof import('../compose-service-guard.ts').composeServiceGuard>
>

/** Ends after which the program is not started again by itself. */
const OVER: ReadonlySet<string> = new Set(['exited', 'fatal', 'lost'])

/**
 * `run NAME`: the guard of one installed service, in this process, under its manager or in a terminal.
 * The manager is told that it is ready when the program is, and what is the matter with it; when the
 * program has ended for good, so does the guard.
 */
export function run(name: string, options: CommonOptions): Promise<number> {
  return runVerb(options, async () => {
    boundNewSpace()
    const host = await composeHost(name)
    try {
      const { composeServiceGuard } = await import('../compose-service-guard.ts')
      return await keep(await composeServiceGuard(name, host, options), host)
    } finally {
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

  const end = (): void => {
    if (ending) return
    ending = true
    void own.shutdown({ keep: false }, self)
  }
  const off = composed.onEvent((event) => {
    const text = eventText(event)
    if (text !== null) host.log({ severity: severityOf(event), message: text })
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
  host.accept(new Set(['stop', 'reload', 'pause', 'resume']))
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
  const failure = failureOf(last)
  return host.finish({ kind: 'code', code: failure === null ? 0 : FAILED_FOR_GOOD }, failure)

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

  async function act(verb: 'reload' | 'pause' | 'resume'): Promise<void> {
    for (const { error } of await own.act(verb, everything, self, {})) {
      if (error !== null) host.log({ severity: 3, message: `${error.message} (${error.hint})` })
    }
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
        host.report('pausing')
        await act('pause')
        host.report('paused')
        return
      case 'resume':
        host.report('resuming')
        await act('resume')
        host.report('running')
        return
      // A host answers the one, and the SCM alone has the other.
      case 'interrogate':
      case 'custom':
        return
    }
  }
}

function readyText({ ready, health, statusText }: InstanceStatus): string {
  const words = health === 'unknown' ? (ready ? 'ready' : 'not ready') : health
  return `running, ${words}${statusText === null ? '' : `: ${statusText}`}`
}

/** Why the end is a failure; null for an end that was wanted, or was none. */
function failureOf(status: InstanceStatus | null): string | null {
  if (status === null || !OVER.has(status.phase)) return null
  const { phase, why, lastExit } = status
  const well = lastExit?.exit.kind === 'code' && lastExit.exit.code === 0
  return phase === 'exited' && well ? null : why
}

function severityOf(event: GuardEvent): Severity {
  if (event.type === 'guard') return event.severity
  if (event.type === 'survivors') return 3
  if (event.type === 'health') return event.health === 'unhealthy' ? 4 : 6
  if (event.type !== 'phase') return 6
  return event.to === 'fatal' || event.to === 'lost' ? 3 : event.to === 'backoff' ? 4 : 6
}
