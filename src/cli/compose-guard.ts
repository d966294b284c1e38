/** Joins a guard with the parts of this platform, and with the socket on which it is spoken to. */
import { rmSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { diffGuardSpecs } from '../config/diff-guard-spec.ts'
import { SteadError } from '../errors.ts'
import type { ReadConfiguration } from '../guard/configuration.ts'
import { type EventLog, eventLog } from '../guard/event-log.ts'
import { guard as makeGuard } from '../guard/guard.ts'
import { withoutKeep } from '../guard/without-keep.ts'
import type { ConfigCause, ConfigSources } from '../model/config-version.ts'
import type { GuardEvent, GuardHappening } from '../model/guard-event.ts'
import type { GuardFacts } from '../model/guard-status.ts'
import type { Home } from '../model/home.ts'
import { systemClock } from '../platform/clock.ts'
import { configHistory } from '../platform/config-history.ts'
import { eventFile } from '../platform/control/event-file.ts'
import { checkSocketPath } from '../platform/control/socket-path.ts'
import { processSignals } from '../platform/process-events.ts'
import { smallHeap } from '../platform/small-heap.ts'
import { stateFile } from '../platform/state-file.ts'
import { systemTimers } from '../platform/timers.ts'
import { composeConfigWatch } from './compose-config-watch.ts'
import { composeDoor, type Door } from './compose-door.ts'
import { inOwnHome, placesOf, remoteCopyOf } from './compose-guard-home.ts'
import type { GuardSource } from './compose-guard-source.ts'
import { composeLaunch } from './compose-launch.ts'
import { composeOutlets } from './compose-outlets.ts'
import { composePrograms } from './compose-programs.ts'
import { remoteMemory } from './compose-remote.ts'
import { composeSockets } from './compose-sockets.ts'
import { composeAccounts, composeDirectories, composeLocks, composeSelf } from './compose-system.ts'
import { version } from './version.ts'

const isWindows = process.platform === 'win32'
/** Of a console: Ctrl-Break, and that its window is being closed, after which little time is left. */
const CONSOLE_ENDS = ['SIGBREAK', 'SIGHUP'] as const
/** Where in its runtime directory the FIFOs of its programs are. */
const OUTPUT = 'out'
/** Two Ctrl-C of a terminal that come so close are one that was passed on twice (npm does that). */
const SAME_INTERRUPT = 500

/** A guard that is ready to start, alone on its state directory. @throws GUARD_RUNNING, SPEC_INVALID… */
export async function composeGuard(source: GuardSource) {
  const { path, file, home, keys = null, readSpec, expect } = source
  const { sockets, prepare } = composeSockets()
  let files: readonly string[] = []
  const copy = remoteCopyOf(home, path)
  const { gate, acceptance } = await signaturesOf(keys, { file: path, home, copy })
  const memory = remoteMemory({ named: source.remote, copy, acceptance })
  const prepared = async (
    given: string | ConfigSources | null,
    cause: ConfigCause,
  ): Promise<ReadConfiguration> => {
    const read = await readSpec(given, memory.asked(cause))
    const { spec, sources, files: depends = Object.keys(sources), remote } = read
    // What was kept does not say which files the next change may be in.
    if (given === null || typeof given === 'string')
      files = gate === null ? depends : [...depends, gate.signature]
    const ready = await prepare(spec)
    // What was kept has been accepted before, and by whom one goes back is asked elsewhere.
    if (given === null || typeof given === 'string') gate?.check(ready, sources)
    memory.note(ready, remote ?? null)
    return { spec: ready, sources, ...memory.originOf(remote, cause) }
  }
  const first = await prepared(null, 'start')
  const { spec } = first
  const places = placesOf(home, spec.project, path)
  checkSocketPath(places.socket)
  const { prepareGuardPlaces } = await composeDirectories()
  inOwnHome(places.run, () => prepareGuardPlaces(home, places))
  const [locks, accountOf, self] = await Promise.all([
    composeLocks(),
    composeAccounts(),
    composeSelf(),
  ])
  const { lock, holder } = await locks.acquire(places.lock)
  if (lock === null) {
    const pid = holder === null ? 'another process' : `pid ${holder}`
    throw new SteadError('GUARD_RUNNING', { where: `the guard of ${path}`, holder: pid })
  }
  try {
    const clock = systemClock()
    const timers = systemTimers()
    const heap = smallHeap()
    const facts: Omit<GuardFacts, 'event'> = {
      project: spec.project,
      pid: process.pid,
      socket: places.socket,
      version: version(),
      since: clock.wall().toISOString(),
      file,
    }
    const log = eventLog({
      file: eventFile(join(places.state, 'events.jsonl')),
      clock,
      soon: (call) => {
        setImmediate(call)
      },
    })
    const listeners = new Set<(event: GuardEvent) => void>()
    const events: EventLog = {
      ...log,
      append(happening: GuardHappening) {
        const event = log.append(happening)
        heap.used()
        for (const tell of listeners) tell(event)
        return event
      },
      get newest() {
        return log.newest
      },
    }
    const tell = (happening: GuardHappening): void => void events.append(happening)
    const openSockets = sockets.open
    const launching = await composeLaunch({ places, home, accountOf, openSockets, tell })
    const { launch, environment, environmentOf, parameters } = launching
    const programs = await composePrograms({ places, clock, timers, launch, tell, environmentOf })
    let door: Door | null = null
    const outlets = composeOutlets({ places, project: spec.project, events, tell, environment })
    listeners.add(outlets.happened)
    const notKept = (error: Error): void =>
      tell({ type: 'guard', text: `what was signed is not kept: ${error.message}`, severity: 4 })
    const watch = composeConfigWatch({
      files: () => files,
      expect,
      takeOver: (cause) => way.own.apply({ text: null, dryRun: false, cause }, self),
      reload: (names) => way.own.act('reload', { names }, self, { wait: false }),
    })
    const remote = memory.watch({ clock, timers, tell, takeOver: watch.remoteChanged })
    const guard = makeGuard(first, {
      clock,
      timers,
      random: Math.random,
      ...programs,
      own() {
        // Metrics are told, and their text is garbage then.
        heap.used()
        return programs.own()
      },
      launch,
      parameters,
      guardId: places.id,
      facts,
      events,
      store: stateFile(join(places.state, 'state.jsonl')),
      readSpec: prepared,
      history: configHistory(join(places.state, 'configurations'), (text) =>
        tell({ type: 'guard', text, severity: 4 }),
      ),
      sockets,
      compare: diffGuardSpecs,
      outlets: outlets.facts,
      remote: () => remote.facts,
      applied(next) {
        door?.applied(next)
        outlets.apply(next)
        watch.applied(next)
        remote.applied(next)
        void gate?.keep(next).catch(notKept)
      },
    })
    const way = await composeDoor({
      ...{
        api: isWindows ? withoutKeep(guard.api, process.platform) : guard.api,
        clock,
        timers,
        home,
        places,
        facts,
        self,
      },
      tell: (text, severity) => void events.append({ type: 'guard', text, severity }),
    })
    door = way
    let restsInPeace = false
    void guard.ended.then(({ kept }) => {
      const { services } = guard.api.status({ names: [] })
      restsInPeace = !kept && services.every(({ pid }) => pid === null)
    })
    let interrupted = Number.NEGATIVE_INFINITY
    return {
      guard,
      facts,
      /** The guard as its own process asks it. */
      own: way.own,
      self,
      signals: processSignals(),
      /** What its signals mean, beside SIGINT. */
      orders: isWindows
        ? { end: ['SIGTERM', ...CONSOLE_ENDS] as const, apply: [] as const }
        : { end: ['SIGTERM'] as const, apply: ['SIGHUP'] as const },
      onEvent(tell: (event: GuardEvent) => void) {
        listeners.add(tell)
        return () => listeners.delete(tell)
      },
      /** An event of the guard's own. */
      note: (text: string) => tell({ type: 'guard', text, severity: 6 }),
      /** An interrupt that a parent passes on as well is still one. */
      once: (act: () => void) => () => {
        const now = clock.monotonic()
        if (now - interrupted >= SAME_INTERRUPT) act()
        interrupted = now
      },
      /** Takes on what is there, starts the rest, and answers on the socket. */
      async start() {
        // First, so that nothing is started that nobody can speak to.
        await way.open()
        outlets.apply(spec)
        watch.applied(spec)
        remote.applied(spec)
        guard.start()
        await Promise.all([gate?.keep(spec).catch(notKept), remote.kept()])
        await way.enter(spec)
        tellReady()
      },
      /** Lets go of everything before anything was started. */
      async abandon() {
        programs.spawner.close()
        await programs.output.close()
        await this.close()
      },
      async close() {
        heap.close()
        watch.close()
        remote.close()
        if (restsInPeace) rmSync(join(places.run, OUTPUT), { recursive: true, force: true })
        await way.close()
        await outlets.close()
        events.close()
        await programs.close()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** What lets in nothing but what one of the keys has signed; nothing is loaded for it where there are none. */
async function signaturesOf(
  keys: string | null,
  { copy, ...parts }: { readonly file: string; readonly home: Home; readonly copy: string },
) {
  if (keys === null) return { gate: null, acceptance: null }
  const [{ signatureGate }, { remoteAcceptance }] = await Promise.all([
    import('./compose-signature.ts'),
    import('./remote-acceptance.ts'),
  ])
  const acceptance = remoteAcceptance(resolve(keys), `${copy}.signatures`)
  return { gate: signatureGate({ ...parts, keys }), acceptance }
}

/** Whoever started the guard in the background waits for a byte. */
function tellReady(): void {
  const { STEAD_READY_FD } = process.env
  if (STEAD_READY_FD === undefined) return
  writeSync(Number(STEAD_READY_FD), '\n')
}
