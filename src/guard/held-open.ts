import type { GuardParts } from './guard-parts.ts'
import { type Instance, isAtRest } from './instance.ts'
import type { Instances } from './instances.ts'

/**
 * Closes what is held open for programs that nothing but a request starts again: who connects to
 * what nobody is to serve is refused, and does not wait in vain.
 */
export function closeAtRest(
  instance: Instance,
  instances: Instances,
  { sockets, watchers }: Pick<GuardParts, 'sockets' | 'watchers'>,
): void {
  const { id, service, spec } = instance
  if (spec.fdStoreMax > 0 && isAtRest(instance)) watchers.rest(id)
  if (spec.sockets.length === 0) return
  if (instances.ofService(service).every(isAtRest)) sockets.close(service)
}

/** From programs of an earlier guard, before one of them ends. */
export function takeSockets(instances: Instances, sockets: GuardParts['sockets']): void {
  for (const { service, nextSpec, state } of instances.all()) {
    if (state.pid !== null) sockets.take(service, nextSpec.sockets, state.pid)
  }
}
