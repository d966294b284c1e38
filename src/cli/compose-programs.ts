/** How the programs of a guard are started, watched and heard on this platform. */
import { join } from 'node:path'
import type { GuardParts } from '../guard/guard.ts'
import { commandRequest } from '../guard/launch.ts'
import type { GuardHappening } from '../model/guard-event.ts'
import type { GuardPlaces } from '../model/guard-places.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { Timers } from '../model/ports/timers.ts'
import type { ProgramSpec } from '../model/program-spec.ts'
import type { ControlGroups } from '../platform/posix/cgroup/control-groups.ts'
import { composeGroups, composeSenses, composeSpawner } from './compose-system.ts'

export interface ProgramParts {
  readonly places: GuardPlaces
  readonly clock: Clock
  readonly timers: Timers
  readonly launch: GuardParts['launch']
  /** Tells what happens. */
  readonly tell: (happening: GuardHappening) => void
  /** What a program's own commands, such as its probes, get. */
  readonly environmentOf: (spec: ProgramSpec) => Readonly<Record<string, string>>
}

export type Programs = Pick<
  GuardParts,
  'spawner' | 'output' | 'watchers' | 'runStep' | 'runCommand' | 'usage' | 'own'
> & {
  /** Lets go of sockets and of what is on its way. */
  close(): Promise<void>
}

/** A command of a stop step or of a reload that has not ended by then is killed. */
const LONGEST_COMMAND = 60_000

/** What starts, hears, watches and measures programs. */
export async function composePrograms(parts: ProgramParts): Promise<Programs> {
  const { places, clock, timers, launch, tell, environmentOf } = parts
  const groups = await composeGroups(places.id)
  const [spawner, output, watching] = await Promise.all([
    composeSpawner(groups),
    import('../platform/output/program-output.ts'),
    composeWatching({ places, clock, timers, environmentOf }, groups),
  ])
  return {
    spawner,
    output: output.programOutput({
      run: join(places.run, 'out'),
      logs: places.logs,
      clock,
      sinkTurned: ({ sink, state, lost, trouble }) =>
        tell({ type: 'sink', sink, state: state === 'down' ? 'down' : 'up', lost, trouble }),
    }),
    ...watching,
    runStep(instance, command) {
      let cancel = (): void => {}
      const { child } = spawner.spawn(commandRequest(launch, instance, command), () => {
        cancel()
      })
      cancel = timers.after(LONGEST_COMMAND, () => child?.signal('SIGKILL', 'tree'))
    },
    async runCommand(instance, command, env) {
      const request = commandRequest(launch, instance, command)
      const { execProbe } = await import('../platform/probes/exec-probe.ts')
      return execProbe(command, {
        ...request,
        env: { ...request.env, ...env },
        timeout: LONGEST_COMMAND,
        signal: new AbortController().signal,
      })
    },
  }
}

/** Probes, notifications, heartbeats, limits and schedules. */
async function composeWatching(
  { places, clock, timers, environmentOf }: Omit<ProgramParts, 'launch' | 'tell'>,
  groups: ControlGroups | null,
): Promise<Pick<Programs, 'watchers' | 'usage' | 'own' | 'close'>> {
  const [watchers, limits, probing, forwarding, senses] = await Promise.all([
    import('../guard/program-watchers.ts'),
    import('../guard/watch-limits.ts'),
    import('../platform/probes/probes.ts'),
    import('../platform/heartbeat-forward.ts'),
    composeSenses(join(places.run, 'notify'), groups),
  ])
  const { notices, store, usage, own } = senses
  const forward = forwarding.heartbeatForward()
  return {
    watchers: watchers.programWatchers({
      clock,
      timers,
      probes: probing.probes(),
      notices,
      limits: limits.limitWatch({ clock, timers, usage }),
      store,
      environmentOf: ({ spec }) => environmentOf(spec),
      forward: forward.send,
    }),
    usage,
    own,
    async close() {
      forward.close()
      await notices?.close()
    },
  }
}
