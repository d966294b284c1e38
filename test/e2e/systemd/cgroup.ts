import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Cgroup hierarchies that systemd manages; the others (cpuset, freezer) may stay shared. */
const MANAGED = /^(name=systemd|pids|memory|cpu|cpuacct|blkio|devices|)$/

/**
 * A cgroup of its own, in each hierarchy, for one container. Two containers that were started from
 * the same cgroup would both use its `system.slice`, and each would kill the other's services.
 */
export class PrivateCgroup {
  readonly #homes: readonly string[]
  readonly #name: string

  constructor(name: string) {
    this.#name = name
    this.#homes = currentCgroups()
    for (const home of this.#homes) {
      removeLeftovers(home)
      mkdirSync(join(home, name), { recursive: true })
    }
  }

  /** Runs `spawn` so that the child is born in the cgroup; the caller itself is back in its own after it. */
  spawn<T>(spawn: () => T): T {
    const move = (suffix: string): void => {
      for (const home of this.#homes) {
        writeFileSync(join(home, suffix, 'cgroup.procs'), String(process.pid))
      }
    }
    try {
      move(this.#name)
      return spawn()
    } finally {
      move('')
    }
  }

  /** Processes that are still in it, by pid. */
  processes(): number[] {
    const found = this.#homes.flatMap((home) => processesBelow(join(home, this.#name)))
    return [...new Set(found)]
  }

  remove(): void {
    for (const home of this.#homes) removeBelow(join(home, this.#name))
  }
}

/** Directories of the calling process's cgroups, after cgroups(7), /proc/PID/cgroup. */
function currentCgroups(): string[] {
  const homes: string[] = []
  for (const line of readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n')) {
    const [, controllers = '', ...path] = line.split(':')
    if (!MANAGED.test(controllers)) continue
    const mount = ['', 'unified', controllers.replace('name=', '')]
      .map((folder) => join('/sys/fs/cgroup', folder))
      .slice(controllers === '' ? 0 : 2)
      .find((folder) => existsSync(join(folder, path.join(':'), 'cgroup.procs')))
    if (mount !== undefined) homes.push(join(mount, path.join(':')))
  }
  return homes
}

/**
 * What an earlier run could not take away: an exit handler cannot wait until the kernel lets go of a
 * cgroup, and of a run that was killed the whole container may still live.
 */
function removeLeftovers(home: string): void {
  for (const folder of childFolders(home)) {
    const owner = /\/stead-e2e-(\d+)-[^/]*$/.exec(folder)?.[1]
    if (owner === undefined || existsSync(`/proc/${owner}`)) continue
    for (const pid of processesBelow(folder)) endProcess(pid)
    removeBelow(folder)
  }
}

function processesBelow(folder: string): number[] {
  if (!existsSync(folder)) return []
  const own = readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)
  return [...own.map(Number), ...childFolders(folder).flatMap(processesBelow)]
}

/** Ends a process that may have ended by itself. */
export function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It was faster.
  }
}

function removeBelow(folder: string): void {
  if (!existsSync(folder)) return
  childFolders(folder).forEach(removeBelow)
  try {
    rmdirSync(folder)
  } catch {
    // A process in it is not yet reaped; an empty cgroup left over disturbs nobody.
  }
}

function childFolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
}
