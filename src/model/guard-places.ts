import type { Home } from './home.ts'

/** Where one guard keeps its things. */
export interface GuardPlaces {
  /** Names the guard: the same file and home give the same. Programs carry it in their environment. */
  readonly id: string
  /** What survives a reboot: state and events. */
  readonly state: string
  /** The control socket, the FIFOs, the lock. */
  readonly run: string
  readonly socket: string
  readonly lock: string
  readonly logs: string
}

/**
 * @param project what people call it
 * @param digest of the absolute path of its stead.yaml: two of one name stay apart
 */
export function guardPlaces(
  home: Home,
  project: string,
  digest: string,
  platform: NodeJS.Platform,
): GuardPlaces {
  const sep = platform === 'win32' ? '\\' : '/'
  const id = `${project}${guardIdEnds(digest)}`
  const run = [home.run, 'guards', id].join(sep)
  return {
    id,
    state: [home.state, 'guards', id].join(sep),
    run,
    socket: platform === 'win32' ? `\\\\.\\pipe\\stead-${id}` : `${run}/control.sock`,
    lock: `${run}${sep}lock`,
    logs: [home.logs, id].join(sep),
  }
}

/** With what the id of every guard of a file ends, whatever its project is called. */
export function guardIdEnds(digest: string): string {
  return `-${digest.slice(0, 8)}`
}
