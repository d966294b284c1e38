import type {
  RemoteListener,
  RemoteSource,
  RemoteText,
} from '../../src/model/ports/remote-source.ts'

export interface FakeRemote extends RemoteSource {
  /** Has it say something else; those who watch are told. */
  put(text: string, format?: RemoteText['format']): void
  remove(): void
  lose(problem: string): void
  find(): void
}

/** Stands for etcd, Consul or a web server: it is told what to have, and when it is away. */
export function fakeRemoteSource(name = 'https://config.example'): FakeRemote {
  let now: RemoteText | null = null
  let problem: string | null = null
  let version = 0
  /** With what each was told last. */
  const listeners = new Map<RemoteListener, RemoteText | null>()

  function tell(): void {
    if (problem !== null) return
    for (const [told, known] of listeners) {
      if (known?.text === now?.text) continue
      listeners.set(told, now)
      told.changed(now)
    }
  }

  return {
    name,
    read: () => (problem === null ? Promise.resolve(now) : Promise.reject(new Error(problem))),
    watch(from, told, lost = null) {
      listeners.set(told, from)
      if (problem !== null && problem !== lost) told.lost(problem)
      if (problem === null && lost !== null) told.back()
      tell()
      return () => void listeners.delete(told)
    },
    put(text, format = 'yaml') {
      version += 1
      now = { text, format, version: `revision ${version}`, order: version }
      tell()
    },
    remove() {
      now = null
      tell()
    },
    lose(why) {
      problem = why
      for (const told of listeners.keys()) told.lost(why)
    },
    find() {
      problem = null
      for (const told of listeners.keys()) told.back()
      tell()
    },
  }
}
