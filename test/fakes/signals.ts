import type { SignalName, Signals } from '../../src/model/ports/process-events.ts'

export interface FakeSignals extends Signals {
  /** Lets a signal arrive; false where nobody has taken it over. */
  raise(signal: SignalName): boolean
}

/** The signals of a process that is not there. */
export function fakeSignals(): FakeSignals {
  const receivers = new Map<SignalName, Set<() => void>>()
  return {
    on(signal, receiver) {
      const all = receivers.get(signal) ?? new Set()
      receivers.set(signal, all.add(receiver))
      return () => void all.delete(receiver)
    },
    raise(signal) {
      const all = [...(receivers.get(signal) ?? [])]
      for (const receive of all) receive()
      return all.length > 0
    },
  }
}
