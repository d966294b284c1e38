import type { CgroupFact } from '../model/cgroup-fact.ts'
import type { Exit } from '../model/exit.ts'
import type { OutputSource } from '../model/ports/program-output.ts'
import type { ProcessIdentity } from '../model/ports/spawner.ts'
import type { ReloadAction, StopStep } from '../model/program-spec.ts'
import { isWindowsSignal } from '../model/signal-name.ts'
import { judgeDependencies } from './dependencies.ts'
import type { EngineParts } from './engine-parts.ts'
import { happeningsSince, sameWant } from './happenings.ts'
import { type Instance, MAX_EXITS, takeNextSpec } from './instance.ts'
import type { Instances } from './instances.ts'
import { looking } from './looking.ts'
import type { Effect, InstanceEvent, InstanceState } from './state.ts'
import { transition } from './transition.ts'
import { watching } from './watching.ts'

export type { EngineParts } from './engine-parts.ts'

/** Runs the table of transitions against the world. */
export interface Engine {
  /** Returns when everything that follows at once has happened. */
  dispatch(instance: Instance, event: InstanceEvent): void
  /** Takes on a process that an earlier guard started, or finds it gone. */
  adopt(instance: Instance, identity: ProcessIdentity, incarnation: number, ready: boolean): void
  /** SIGKILL to everything of it, now. */
  force(instance: Instance): void
  /** Its watching begins anew, with the new settings of its spec. */
  rewatch(instance: Instance): void
  /** No timer, no watch; programs stay as they are. */
  release(instance: Instance): void
}

export function engine(instances: Instances, parts: EngineParts): Engine {
  const { clock, timers, spawner, watchers } = parts
  const watch = watching({ ...parts, dispatch, ended })
  const needs = looking({ watchers, dispatch })
  const queue: { readonly instance: Instance; readonly event: InstanceEvent }[] = []
  /** State of each instance that moved, as it was before. */
  const moved = new Map<Instance, InstanceState>()
  let draining = false

  function dispatch(instance: Instance, event: InstanceEvent): void {
    queue.push({ instance, event })
    if (draining) return
    draining = true
    try {
      for (;;) {
        const next = queue.shift()
        if (next !== undefined) step(next.instance, next.event)
        else if (!publishOne()) break
      }
    } finally {
      draining = false
    }
  }

  function step(instance: Instance, event: InstanceEvent): void {
    const before = instance.state
    const { state, effects } = transition(before, event, instance.spec, {
      now: clock.monotonic(),
      random: parts.random,
    })
    if (state !== before) {
      instance.state = sameWant(state, before) ? { ...state, want: before.want } : state
      if (!moved.has(instance)) moved.set(instance, before)
      if (!sameWant(state, before)) instance.wantAt = clock.wall().toISOString()
    }
    for (const effect of effects) perform(instance, effect)
  }

  /** Tells of one instance that has moved and is at rest; false when there is none. */
  function publishOne(): boolean {
    for (const [instance, before] of moved) {
      moved.delete(instance)
      publish(instance, before)
      return true
    }
    return false
  }

  function publish(instance: Instance, before: InstanceState): void {
    parts.save(instance)
    for (const happening of happeningsSince(instance, before)) parts.tell(happening)
    for (const other of instances.dependentsOf(instance.service)) {
      if (other.state.phase === 'waiting') askDependencies(other)
    }
    parts.changed(instance, before)
  }

  function perform(instance: Instance, effect: Effect): void {
    switch (effect.type) {
      case 'ask-dependencies':
        askDependencies(instance)
        break
      case 'look-for-needs':
        needs.begin(instance, effect.look)
        break
      case 'leave-needs':
        needs.leave(instance)
        break
      case 'spawn':
        spawn(instance, effect.incarnation)
        break
      case 'timer':
        startTimer(instance, effect)
        break
      case 'cancel':
        for (const name of effect.timers) cancelTimer(instance, name)
        break
      case 'watch':
        watch(instance, effect.what)
        break
      case 'stop-step':
        takeStep(instance, instance.spec.stop[effect.step])
        break
      case 'check-tree':
        checkTree(instance, effect.incarnation, effect.thorough)
        break
      case 'freeze':
        instance.child?.signal('SIGSTOP', 'group')
        break
      case 'thaw':
        instance.child?.signal('SIGCONT', 'group')
        break
      case 'reload':
        reload(instance, instance.spec.reload)
        break
      case 'record-exit':
        recordExit(instance, effect)
        break
      case 'recovered':
        recovered(instance, effect)
        break
      case 'failed':
        parts.failed(instance, effect.fatal)
        break
    }
  }

  function recovered(instance: Instance, { cause, detection, recovery }: RecoveredEffect): void {
    const at = new Date(clock.wall().getTime() - recovery).toISOString()
    instance.recovery = { cause, at, detection, recovery }
    parts.tell({ type: 'recovered', id: instance.id, cause, detection, recovery })
  }

  const judge = ({ nextSpec }: Instance) => judgeDependencies(nextSpec, instances.statesOf)
  function askDependencies(instance: Instance): void {
    const event = judge(instance)
    if (event.met || instance.state.why !== event.why) queue.push({ instance, event })
  }

  function spawn(instance: Instance, incarnation: number): void {
    takeNextSpec(instance)
    const { id, spec } = instance
    instance.child?.release?.()
    instance.child = null
    instance.statusText = null
    const answer = (event: InstanceEvent): void => void queue.push({ instance, event })
    const failed = (errno: string, why: string): void =>
      answer({ type: 'spawn-failed', incarnation, errno, why })
    try {
      instance.channel ??= parts.output.open(sourceOf(instance), spec.log)
      // Before the channel is told of the life: with that it takes what is there, looking for the line.
      const means = watchers.prepare(id, spec, incarnation, instance.channel)
      instance.channel.incarnation(incarnation)
      const request = parts.launch(instance, incarnation, means)
      const { child, failure } = spawner.spawn(request, ended(instance, incarnation))
      if (failure !== null) {
        failed(failure.errno, `${failure.what}: ${failure.errno}; ${failure.remedy}`)
        return
      }
      instance.child = child
      noteCgroup(instance, child.cgroup)
      instance.channel.process(child.identity.pid)
      instance.startedAt = clock.wall().toISOString()
      answer({ type: 'spawned', incarnation, pid: child.identity.pid })
      parts.save(instance)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      failed(code ?? 'EIO', message)
    }
  }

  /** What was asked for and is not there is told once, not at every start. */
  function noteCgroup(instance: Instance, { path, reason }: CgroupFact = NO_WISH): void {
    if (reason !== null && reason !== instance.cgroupTold) {
      const what = path === null ? 'no control group of its own' : 'its memory limit measured only'
      parts.tell({ type: 'guard', text: `${instance.id} has ${what}: ${reason}`, severity: 4 })
    }
    instance.cgroupTold = reason
  }

  /** What is to be done at the end of the process that is its program now. */
  function ended(instance: Instance, incarnation: number): (exit: Exit) => void {
    const { followed } = instance
    return (exit) => {
      // Its last words may make another process the program, or say that this end is meant.
      instance.watch?.catchUp()
      if (instance.followed === followed) dispatch(instance, { type: 'exited', incarnation, exit })
    }
  }

  function startTimer(instance: Instance, { timer, after, incarnation }: TimerEffect): void {
    cancelTimer(instance, timer)
    const event = { type: 'timer', timer, incarnation } as const
    if (after <= 0) {
      queue.push({ instance, event })
      return
    }
    const cancel = timers.after(after, () => {
      instance.timers.delete(timer)
      dispatch(instance, event)
    })
    instance.timers.set(timer, cancel)
  }

  function cancelTimer(instance: Instance, name: TimerEffect['timer']): void {
    instance.timers.get(name)?.()
    instance.timers.delete(name)
  }

  function takeStep(instance: Instance, step: StopStep | undefined): void {
    if (step === undefined) return
    const { action } = step
    if (action.kind === 'command') {
      parts.runStep(instance, action.command)
      return
    }
    // Without a leader what it left behind is meant.
    const to = instance.state.pid === null ? 'tree' : action.to
    const reached = instance.child?.signal(action.signal, to) ?? []
    if (reached.length > 0 || !isWindowsSignal(action.signal)) return
    queue.push({ instance, event: { type: 'unheard', incarnation: instance.state.incarnation } })
  }

  function reload(instance: Instance, action: ReloadAction): void {
    if (action.kind === 'signal') instance.child?.signal(action.signal, 'leader')
    if (action.kind === 'command') parts.runStep(instance, action.command)
  }

  function checkTree(instance: Instance, incarnation: number, thorough: boolean): void {
    const left = instance.child?.survivors(thorough ? 'tree' : 'group') ?? []
    if (left.length === 0) instance.child?.release?.()
    const event = { type: 'tree', incarnation, survivors: left.map(({ pid }) => pid) } as const
    queue.push({ instance, event })
  }

  function recordExit(instance: Instance, effect: ExitEffect): void {
    const { incarnation, exit, cause, lived, pid } = effect
    // What a life left behind may be ended in its name, but a life ends once.
    if (instance.exits[0]?.incarnation === incarnation) return
    const at = clock.wall().toISOString()
    const startedAt = pid === null ? null : instance.startedAt
    instance.exits.unshift({ incarnation, pid, exit, startedAt, at, lived, cause })
    instance.exits.length = Math.min(instance.exits.length, MAX_EXITS)
    parts.tell({ type: 'exit', id: instance.id, incarnation, pid, exit, cause })
  }

  return {
    dispatch,
    adopt(instance, identity, incarnation, ready) {
      const child = spawner.adopt(identity, ended(instance, incarnation))
      instance.child = child
      if (child === null) {
        dispatch(instance, { type: 'lost', incarnation })
        return
      }
      instance.channel ??= parts.output.open(sourceOf(instance), instance.spec.log)
      watchers.prepare(instance.id, instance.spec, incarnation, instance.channel)
      instance.channel.incarnation(incarnation)
      instance.channel.process(identity.pid)
      dispatch(instance, { type: 'adopted', incarnation, pid: identity.pid, ready })
    },
    force(instance) {
      instance.child?.signal('SIGKILL', 'tree')
    },
    rewatch(instance) {
      instance.child?.limit?.(instance.spec.limits)
      const { phase } = instance.state
      if (instance.state.needs !== null) dispatch(instance, { ...judge(instance), anew: true })
      if (phase === 'running') watch(instance, 'life')
      if (phase === 'starting' && instance.spec.ready !== null) watch(instance, 'readiness')
    },
    release(instance) {
      watch(instance, 'nothing')
      needs.leave(instance)
      for (const name of [...instance.timers.keys()]) cancelTimer(instance, name)
    },
  }
}

const NO_WISH: CgroupFact = { path: null, controllers: [], reason: null }

function sourceOf({ service, number }: Instance): OutputSource {
  return { service, instance: number }
}

type TimerEffect = Extract<Effect, { type: 'timer' }>
type RecoveredEffect = Extract<Effect, { type: 'recovered' }>
type ExitEffect = Extract<Effect, { type: 'record-exit' }>
