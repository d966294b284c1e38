import type { FoundProcess } from '../../../model/ports/spawner.ts'
import { isConsoleHost } from './console-host.ts'
import { allPids, environmentOf } from './process-environment.ts'
import { identityOf } from './process-identity.ts'

/** What a guard marks each life of a program with; the name of its job is made of it. */
export const MARK = 'STEAD_INCARNATION'

/**
 * Processes of the same account whose environment has `name=value`. The oldest of a life comes first:
 * what it started has inherited the mark.
 */
export function findByEnvironment(name: string, value: string): readonly FoundProcess[] {
  const found = allPids().flatMap((pid): Omit<FoundProcess, 'isLeader'>[] => {
    if (pid === 0 || pid === process.pid) return []
    const environment = environmentOf(pid)
    if (environment?.[name] !== value || isConsoleHost(pid)) return []
    const identity = identityOf(pid)
    return identity === null ? [] : [{ identity, environment }]
  })
  const sorted = found.sort((one, other) =>
    BigInt(one.identity.birth) < BigInt(other.identity.birth) ? -1 : 1,
  )
  const led = new Set<string | undefined>()
  const named = sorted.map((one): FoundProcess => {
    const mark = one.environment[MARK]
    const isLeader = mark === undefined || !led.has(mark)
    led.add(mark)
    return { ...one, isLeader }
  })
  return named.sort((one, other) => Number(other.isLeader) - Number(one.isLeader))
}
