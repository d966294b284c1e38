import type { ProbeFact } from '../model/guard-status.ts'
import type { NoticeMessage } from '../model/ports/program-notices.ts'
import type { ProgramSpec } from '../model/program-spec.ts'
import { cronSchedule } from './cron-schedule.ts'
import { type HeartbeatMonitor, heartbeatMonitor } from './heartbeat.ts'
import { lookForNeeds } from './look-for-needs.ts'
import { parseNotice } from './notice.ts'
import type { ProbeDeps, ProbeLoop } from './probe-loop.ts'
import { programVoices, type VoiceParts } from './program-voices.ts'
import { watchHealth, watchReadiness } from './watch-health.ts'
import type { LimitWatch } from './watch-limits.ts'
import type { Watch, Watchers, WatchReport, WatchTarget } from './watchers.ts'

export interface ProgramWatchersParts extends Omit<ProbeDeps, 'exec'>, VoiceParts {
  readonly limits: LimitWatch
  /** The environment of the program's own commands. */
  readonly environmentOf: (target: Pick<WatchTarget, 'spec'>) => Readonly<Record<string, string>>
  /** Tells a monitor elsewhere of a beat. Never throws, never waits. */
  readonly forward: (service: string, url: string, at: Date) => void
}

/** Everything that tells the engine how a living program is, by its spec. */
export function programWatchers(parts: ProgramWatchersParts): Watchers {
  const { clock } = parts
  const voices = programVoices(parts)
  const { voiceOf, socketOf, pipeOf, matchOf } = voices
  const hears = (spec: ProgramSpec): boolean => parts.notices !== null && speaks(spec)

  /** The watching of one life: what it tells after its end is discarded. */
  function watch(
    target: WatchTarget,
    report: WatchReport,
    begin: (report: WatchReport) => Started,
  ): Watch {
    const voice = voices.get(target.id)
    let over = false
    const when =
      <A extends unknown[]>(tell: (...args: A) => void) =>
      (...args: A): void => {
        if (!over) tell(...args)
      }
    const guarded: WatchReport = {
      ready: when(report.ready),
      health: when(report.health),
      fault: when(report.fault),
      status: when(report.status),
      probed: when(report.probed),
      said: when(report.said),
    }
    const started = begin(guarded)
    const beat = (): void => {
      if (over) return
      started.heart?.beat()
      const forward = target.spec.heartbeat?.forward ?? null
      if (forward !== null) parts.forward(target.service, forward, clock.wall())
    }
    const notice = ({ text, sender, uptime }: NoticeMessage): void => {
      const said = parseNotice(text)
      if (said.mainPid !== null) {
        guarded.said({ type: 'main', pid: said.mainPid, speaker: sender.pid })
      }
      if (said.extendTimeout !== null) {
        guarded.said({ type: 'extend', within: said.extendTimeout })
      }
      if (said.status !== null) guarded.status(said.status)
      if (said.watchdog === 'beat') beat()
      if (said.watchdog === 'trigger') {
        guarded.fault('heartbeat', 'it says itself that it hangs', clock.monotonic())
      }
      if (said.reloading) {
        const age = said.monotonic === null ? 0 : Math.max(0, uptime - said.monotonic) / 1000
        guarded.said({ type: 'reloading', since: clock.monotonic() - age })
      }
      if (said.stopping) guarded.said({ type: 'ending' })
      if (said.ready) guarded.said({ type: 'reloaded' })
      if (said.ready && target.spec.ready?.kind === 'notify') guarded.ready(true)
    }
    if (voice !== undefined) voice.notice = notice
    return {
      beat,
      facts: () => ({
        probes: started.loops.map((loop): ProbeFact => loop.fact()),
        heartbeat: started.heart?.facts() ?? null,
      }),
      catchUp() {
        if (!over) voice?.socket?.catchUp()
      },
      stop() {
        over = true
        if (voice?.notice === notice) voice.notice = null
        for (const stop of started.parts) stop()
        for (const loop of started.loops) loop.stop()
        started.heart?.stop()
      },
    }
  }

  function probing(target: WatchTarget, { probed }: WatchReport): ProbeDeps {
    const { cwd, user, group, supplementaryGroups } = target.spec
    const exec = { cwd, user, group, supplementaryGroups, env: parts.environmentOf(target) }
    return { ...parts, exec, probed }
  }

  return {
    prepare(id, spec, incarnation, channel) {
      const { ready } = spec
      if (ready?.kind === 'log') matchOf(id, ready.pattern, incarnation, channel ?? null)
      const env: Record<string, string> = {}
      if (hears(spec)) {
        env.NOTIFY_SOCKET = socketOf(id, spec.user).address
        if (spec.heartbeat !== null) {
          const { every, misses } = spec.heartbeat
          env.WATCHDOG_USEC = String(Math.round(every * misses * 1000))
        }
      }
      if (spec.fdStoreMax > 0) {
        voiceOf(id).most = spec.fdStoreMax
        env.FDSTORE = String(spec.fdStoreMax)
        return { env, descriptors: new Map(), stored: parts.store.of(id) }
      }
      if (ready?.kind !== 'descriptor') return { env, descriptors: new Map() }
      const { descriptor } = pipeOf(id, incarnation)
      return { env, descriptors: new Map([[ready.fd, descriptor]]) }
    },
    needs: (target, told) => lookForNeeds(target, parts, told),
    readiness(target, report) {
      return watch(target, report, (told) => readinessOf(target, told))
    },
    life(target, report) {
      return watch(target, report, (told) => lifeOf(target, told))
    },
    end: (target, report) => watch(target, report, () => SILENT),
    hears,
    rest: (id) => parts.store.giveUp(id),
    forget(id) {
      parts.store.giveUp(id)
      voices.forget(id)
    },
  }

  function readinessOf(target: WatchTarget, told: WatchReport): Started {
    const { ready } = target.spec
    const isReady = (): void => told.ready(true)
    switch (ready?.kind) {
      case 'http':
      case 'tcp':
      case 'exec':
        return {
          parts: [],
          loops: [watchReadiness(ready, probing(target, told), isReady)],
          heart: null,
        }
      case 'log': {
        const match = matchOf(target.id, ready.pattern, target.incarnation, target.channel)
        if (match === null) return { parts: [], loops: [], heart: null }
        match.heard = isReady
        // Never from within: the engine is at work.
        if (match.found) return { parts: [parts.timers.after(0, isReady)], loops: [], heart: null }
        const cancel = (): void => {
          match.cancel()
          const voice = voices.get(target.id)
          if (voice?.match === match && !match.found) voice.match = null
        }
        return { parts: [cancel], loops: [], heart: null }
      }
      case 'descriptor': {
        const voice = voiceOf(target.id)
        voice.line = isReady
        const parts = [
          () => {
            if (voice.line === isReady) voice.line = null
          },
        ]
        return { parts, loops: [], heart: null }
      }
      // A notice does it; or nothing is to be waited for.
      case 'notify':
      case undefined:
        return { parts: [], loops: [], heart: null }
    }
  }

  function lifeOf(target: WatchTarget, told: WatchReport): Started {
    const { health, heartbeat, limits, restartAt } = target.spec
    const memory = target.holds?.includes('memory') === true ? null : limits.memory
    const stops = [parts.limits.add(target.identity.pid, { ...limits, memory }, told.fault)]
    if (restartAt.length > 0) {
      const due = (): void => told.fault('schedule', 'its time has come', clock.monotonic())
      stops.push(cronSchedule(restartAt, parts, due))
    }
    return {
      parts: stops,
      loops: health === null ? [] : [watchHealth(health, probing(target, told), told.health)],
      heart:
        heartbeat === null
          ? null
          : heartbeatMonitor(heartbeat, parts, (count, since) =>
              told.fault('heartbeat', `${count} heartbeats were missed`, since),
            ),
    }
  }
}

interface Started {
  /** Each stops something. */
  readonly parts: readonly (() => void)[]
  readonly loops: readonly ProbeLoop[]
  readonly heart: HeartbeatMonitor | null
}

const SILENT: Started = { parts: [], loops: [], heart: null }

/** Whether the program gets a socket: where nothing would come of what it says, none is made. */
function speaks({ ready, heartbeat, protocol, fdStoreMax }: ProgramSpec): boolean {
  return ready?.kind === 'notify' || heartbeat !== null || protocol === 'native' || fdStoreMax > 0
}
