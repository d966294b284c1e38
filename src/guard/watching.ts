import type { Exit } from '../model/exit.ts'
import type { EngineParts } from './engine-parts.ts'
import type { Instance } from './instance.ts'
import type { InstanceEvent } from './state.ts'
import type { ProgramWord, WatchReport } from './watchers.ts'

export interface WatchingParts extends Pick<EngineParts, 'spawner' | 'watchers' | 'probed'> {
  readonly dispatch: (instance: Instance, event: InstanceEvent) => void
  /** What is to be done at the end of what is the program of that life by now. */
  readonly ended: (instance: Instance, incarnation: number) => (exit: Exit) => void
}

export type WatchWhat = 'readiness' | 'life' | 'end' | 'nothing'

/** Has a life watched, and makes events of what is found out; the watching before it ends. */
export function watching({
  spawner,
  watchers,
  probed,
  dispatch,
  ended,
}: WatchingParts): (instance: Instance, what: WatchWhat) => void {
  function hear(instance: Instance, incarnation: number, word: ProgramWord): void {
    if (word.type === 'main') follow(instance, incarnation, word.pid, word.speaker)
    else dispatch(instance, { ...word, incarnation })
  }

  function follow(instance: Instance, incarnation: number, pid: number, speaker: number): void {
    const { child, state } = instance
    if (child === null || state.incarnation !== incarnation || child.identity.pid === pid) return
    const before = instance.followed
    // Before it is asked: the end of the process that is left does not count from now on.
    instance.followed += 1
    const main = spawner.follow(child, { pid, speaker }, ended(instance, incarnation))
    if (main === null) {
      instance.followed = before
      return
    }
    instance.child = main
    dispatch(instance, { type: 'main', incarnation, pid })
  }

  return (instance, what) => {
    instance.watch?.stop()
    instance.watch = null
    const { child, id, service, spec, channel, state } = instance
    if (what === 'nothing' || child === null) return
    const { incarnation } = state
    const report: WatchReport = {
      ready: (ready) => dispatch(instance, { type: 'ready', incarnation, ready }),
      health: (healthy, why, since) =>
        dispatch(instance, { type: 'health', incarnation, healthy, why, since }),
      fault: (cause, why, since) =>
        dispatch(
          instance,
          cause === 'schedule'
            ? { type: 'restart', by: 'schedule', cause, forgive: false }
            : { type: 'fault', incarnation, cause, why, since },
        ),
      status: (text) => {
        if (instance.state.incarnation === incarnation) instance.statusText = text
      },
      probed: (...told) => probed(id, ...told),
      said: (word) => hear(instance, incarnation, word),
    }
    const { identity, cgroup } = child
    const holds = cgroup?.controllers ?? []
    const target = { id, service, incarnation, spec, identity, channel, holds }
    instance.watch = watchers[what](target, report)
  }
}
