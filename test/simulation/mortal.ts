import type { GuardEvents } from '../../src/guard/guard.ts'
import type { StateStore } from '../../src/model/instance-record.ts'
import type { Child, Spawner } from '../../src/model/ports/spawner.ts'
import type { VirtualTime } from './virtual-time.ts'

interface Parts {
  readonly time: VirtualTime
  readonly spawner: Spawner
  readonly store: StateStore
  readonly events: GuardEvents
}

/**
 * What a guard touches the world with, taken away from it all at once: what it does after its death
 * does not happen, and nothing reaches it.
 *
 * @param deed called after each start of a process and each write of the state; true kills it
 */
export function mortal({ time, spawner, store, events }: Parts, deed: () => boolean) {
  let alive = true
  const die = (): void => {
    alive = false
    spawner.close()
  }
  const done = (): void => {
    if (alive && deed()) die()
  }
  const dead = (): never => {
    throw new Error('this guard is dead')
  }
  const numbed = (child: Child): Child => ({
    ...child,
    signal: (name, to) => (alive ? child.signal(name, to) : []),
  })
  const parts: Parts = {
    time: {
      ...time,
      timers: {
        after: (milliseconds, wake) =>
          time.timers.after(milliseconds, () => {
            if (alive) wake()
          }),
      },
    },
    spawner: {
      spawn(request, onExit) {
        if (!alive) dead()
        const result = spawner.spawn(request, onExit)
        if (result.child !== null) done()
        return result.child === null ? result : { ...result, child: numbed(result.child) }
      },
      adopt(identity, onExit) {
        if (!alive) dead()
        const child = spawner.adopt(identity, onExit)
        return child === null ? null : numbed(child)
      },
      follow(child, said, onExit) {
        const main = alive ? spawner.follow(child, said, onExit) : null
        return main === null ? null : numbed(main)
      },
      findByEnvironment: (name, value) => (alive ? spawner.findByEnvironment(name, value) : dead()),
      close() {
        if (alive) spawner.close()
      },
    },
    store: {
      load: () => store.load(),
      append(record) {
        if (!alive) return
        store.append(record)
        done()
      },
      rewrite(records) {
        if (!alive) return
        store.rewrite(records)
        done()
      },
      trouble: null,
    },
    events: {
      ...events,
      append(happening) {
        return alive ? events.append(happening) : { ...happening, number: 0, at: '' }
      },
      get newest() {
        return events.newest
      },
    },
  }
  return { parts, die, isDead: () => !alive }
}
