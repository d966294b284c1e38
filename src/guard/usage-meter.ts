import type { GuardUsage, InstanceUsage } from '../model/guard-status.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { TreeUsage } from '../model/ports/tree-usage.ts'
import type { Instance } from './instance.ts'
import type { Instances } from './instances.ts'

/** How long one look serves all who ask, in milliseconds: who asks every ten is told the same. */
const FRESH = 500

/**
 * What instances use, measured because somebody asks and never otherwise. A look costs the same for
 * one as for all, so it is for all.
 */
export function usageMeter(deps: {
  readonly clock: Clock
  readonly usage: Pick<TreeUsage, 'sample'>
  readonly instances: Instances
}): (asked: readonly Instance[]) => Promise<GuardUsage> {
  const { clock, usage, instances } = deps
  let last: Promise<GuardUsage> | null = null
  let lastAt = Number.NEGATIVE_INFINITY

  async function look(): Promise<GuardUsage> {
    const living = instances.all().flatMap(({ id, state: { pid, incarnation } }) => {
      return pid === null ? [] : [{ id, pid, incarnation }]
    })
    const [at, now] = [clock.wall().toISOString(), clock.monotonic()]
    const found = await usage.sample(living.map(({ pid }) => pid))
    const services = living.flatMap((one): InstanceUsage[] => {
      const used = found.get(one.pid)
      return used === undefined ? [] : [{ ...one, ...used }]
    })
    return { at, clock: now, services }
  }

  /** A life that has begun since the last look is worth another one. */
  function isIn({ services }: GuardUsage, { state: { pid } }: Instance): boolean {
    return pid === null || services.some((one) => one.pid === pid)
  }

  return async (asked) => {
    const now = clock.monotonic()
    const [only, ...others] = asked
    const lastly = last === null || others.length > 0 ? null : await last
    const begun = lastly !== null && only !== undefined && !isIn(lastly, only)
    if (last === null || begun || now - lastAt >= FRESH) {
      lastAt = now
      last = look()
      // A look that failed serves nobody but those who wait for it.
      last.catch(() => {
        last = null
      })
    }
    const all = await last
    const wanted = new Set(asked.map(({ id }) => id))
    return { ...all, services: all.services.filter(({ id }) => wanted.has(id)) }
  }
}
