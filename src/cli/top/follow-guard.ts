/** What a guard tells, as it comes: everything first, then every change; again when it is back. */
import type { GuardClient } from '../../control/client.ts'
import { isSteadError } from '../../errors.ts'
import type { Told } from '../../top/told.ts'

/** How soon a guard that is gone is asked again: at first, and at most, in milliseconds. */
const SOON = 250
const LATEST = 2_000
/** Instances whose state is asked for by name in one request; where there are more, all are. */
const BY_NAME = 50
/** However fast things happen, a guard is not asked more often than this, in milliseconds. */
const BETWEEN = 100

/** Follows until `signal` is aborted. `moved` is called with the ids that something happened to. */
export async function followGuard(
  key: string,
  client: GuardClient,
  signal: AbortSignal,
  tell: (what: Told) => void,
  moved: (ids: ReadonlySet<string>) => void,
): Promise<void> {
  let wait = SOON
  while (!signal.aborted) {
    const end = new AbortController()
    const stop = (): void => end.abort()
    signal.addEventListener('abort', stop, { once: true })
    try {
      const stream = await client.events(null, end.signal)
      const [facts, groups] = await Promise.all([client.facts(), client.groups()])
      tell({ kind: 'guard', key, facts, groups, services: stream.snapshot.services })
      wait = SOON
      const refresh = refresher(key, client, tell, moved, end)
      for await (const event of stream.events) refresh('gap' in event ? null : idOf(event))
      throw new Error('it has ended')
    } catch (error) {
      if (signal.aborted) return
      const reason = isSteadError(error, 'GUARD_UNREACHABLE')
        ? String(error.params.reason)
        : (error as Error).message
      tell({ kind: 'lost', key, reason })
    } finally {
      signal.removeEventListener('abort', stop)
      end.abort()
    }
    await sleep(wait, signal)
    wait = Math.min(wait * 2, LATEST)
  }
}

/** Asks for what has changed, one request at a time: what changes meanwhile is in the next one. */
function refresher(
  key: string,
  client: GuardClient,
  tell: (what: Told) => void,
  moved: (ids: ReadonlySet<string>) => void,
  end: AbortController,
): (id: string | null | undefined) => void {
  const changed = new Set<string>()
  let everything = false
  let asking = false

  async function ask(): Promise<void> {
    asking = true
    try {
      while ((changed.size > 0 || everything) && !end.signal.aborted) {
        const ids = new Set(changed)
        const all = everything || ids.size > BY_NAME
        changed.clear()
        everything = false
        if (all) {
          const [{ guard, services }, groups] = await Promise.all([
            client.status(),
            client.groups(),
          ])
          tell({ kind: 'guard', key, facts: guard, groups, services })
        } else {
          const { services } = await client.status({ names: [...ids] })
          tell({ kind: 'status', key, asked: [...ids], services })
        }
        moved(ids)
        await sleep(BETWEEN, end.signal)
      }
    } catch (error) {
      // One of them has been removed meanwhile.
      if (isSteadError(error, 'NOT_INSTALLED')) everything = true
      else end.abort()
    } finally {
      asking = false
    }
    if (everything && !end.signal.aborted) void ask()
  }

  return (id) => {
    if (id === undefined) return
    if (id === null) everything = true
    else changed.add(id)
    if (!asking) void ask()
  }
}

/** Whose status an event changes: null for anybody's, undefined for nobody's. */
function idOf(event: { readonly type: string; readonly id?: string }): string | null | undefined {
  if (event.type === 'added' || event.type === 'removed' || event.type === 'changed') return null
  return event.id
}

export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done, { once: true })
  })
}
