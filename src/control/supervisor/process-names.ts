import type { InstanceStatus } from '../../model/guard-status.ts'
import { RpcFault } from './faults.ts'

/** One instance as supervisor knows a process: by its group and its name in it. */
export interface NamedProcess {
  readonly group: string
  readonly name: string
  readonly status: InstanceStatus
}

/** `group:name` as its two halves; `name` is null for all of the group (`group:*`, `group:`). */
export interface Namespec {
  readonly group: string
  readonly name: string | null
}

/**
 * The group of a process is the group of its service in stead.yaml; a service that is in none is a
 * group of its own. Its name is the id: `web`, or `web@2` of several.
 *
 * @param groupOf the group of a service; null for none
 * @returns in the order of groups and names, by their characters, as supervisor lists them
 */
export function namedProcesses(
  statuses: readonly InstanceStatus[],
  groupOf: (service: string) => string | null,
): NamedProcess[] {
  const named = statuses.map((status) => ({
    group: groupOf(status.service) ?? status.service,
    name: status.id,
    status,
  }))
  return named.sort(
    (a, b) =>
      order(a.group, b.group) ||
      order(a.status.service, b.status.service) ||
      a.status.instance - b.status.instance,
  )
}

export function namespecOf({ group, name }: Pick<NamedProcess, 'group' | 'name'>): string {
  return group === name ? name : `${group}:${name}`
}

export function splitNamespec(text: string): Namespec {
  const at = text.indexOf(':')
  if (at === -1) return { group: text, name: text }
  const name = text.slice(at + 1)
  return { group: text.slice(0, at), name: name === '' || name === '*' ? null : name }
}

/**
 * All of a group.
 *
 * @throws RpcFault BAD_NAME
 */
export function groupNamed(processes: readonly NamedProcess[], name: string): NamedProcess[] {
  const found = processes.filter(({ group }) => group === name)
  if (found.length === 0) throw new RpcFault('BAD_NAME', name)
  return found
}

/**
 * What `text` names: one process, or all of a group. An id without its group is found too, which
 * supervisor would not: people of stead write it so.
 *
 * @throws RpcFault BAD_NAME
 */
export function processNamed(
  processes: readonly NamedProcess[],
  text: string,
): NamedProcess | readonly NamedProcess[] {
  const { group, name } = splitNamespec(text)
  if (name === null) {
    try {
      return groupNamed(processes, group)
    } catch {
      throw new RpcFault('BAD_NAME', text)
    }
  }
  const found =
    processes.find((one) => one.group === group && one.name === name) ??
    (text.includes(':') ? undefined : processes.find((one) => one.name === text))
  if (found === undefined) throw new RpcFault('BAD_NAME', text)
  return found
}

/** @throws RpcFault BAD_NAME, also for a whole group */
export function oneNamed(processes: readonly NamedProcess[], text: string): NamedProcess {
  const found = processNamed(processes, text)
  if ('status' in found) return found
  throw new RpcFault('BAD_NAME', text)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
