import type {
  RemoteListener,
  RemoteSource,
  RemoteText,
} from '../../src/model/ports/remote-source.ts'

export interface FakeRemote extends RemoteSource {
  /** Has it say something else; those who watch are told. */
  put(text: string, format?: RemoteText['format']): void
  lose(problem: string): void
  find(): void
}

/** Stands for etcd, Consul or a web server: it is told what to have, and when it is away. */
export function fakeRemoteSource(name = 'https://config.example'): FakeRemote {
  let now: RemoteText | null = null
  let problem: string | null = null
  let version = 0
  const listeners = new Set<RemoteListener>()
  return {
    name,
    read: () => (problem === null ? Promise.resolve(now) : Promise.reject(new Error(problem))),
    watch(from, told) {
      listeners.add(told)
      if (now !== null && now.version !== from?.version) told.changed(now)
      return () => void listeners.delete(told)
    },
    put(text, format = 'yaml') {
      version += 1
      now = { text, format, version: String(version) }
      for (const told of listeners) told.changed(now)
    },
    lose(why) {
      problem = why
      for (const told of listeners) told.lost(why)
    },
    find() {
      problem = null
      for (const told of listeners) told.back()
    },
  }
}
