/** The facts and the log of the instance that is looked at closely, and of no other. */
import type { GuardClient } from '../../control/client.ts'
import { LOG_LINES, type TopState } from '../../top/model.ts'
import type { Told } from '../../top/told.ts'
import { sleep } from './follow-guard.ts'

/** Lines of the log to begin with. */
const BEGIN = 200
/** How soon a log that has ended, or that there is none of yet, is asked for again, in milliseconds. */
const AGAIN = 2_000
/** Lines that come within it are shown together, in milliseconds. */
const TOGETHER = 30

export interface DetailWatch {
  /** Follows what is looked at now. */
  follow(state: TopState): void
  /** Asks for its facts again. */
  refresh(): void
  stop(): void
}

export function detailWatch(
  clients: ReadonlyMap<string, GuardClient>,
  tell: (what: Told) => void,
): DetailWatch {
  let watched: { readonly key: string; readonly id: string; readonly end: AbortController } | null =
    null
  let asking = false

  async function readLog(client: GuardClient, key: string, id: string, signal: AbortSignal) {
    while (!signal.aborted) {
      let lines: string[] = []
      let fresh = true
      let timer: NodeJS.Timeout | undefined
      const flush = (): void => {
        clearTimeout(timer)
        timer = undefined
        if (signal.aborted || (lines.length === 0 && !fresh)) return
        tell({ kind: 'log', key, id, lines, fresh })
        lines = []
        fresh = false
      }
      try {
        for await (const piece of client.logs(id, { lines: BEGIN, follow: true, signal })) {
          lines.push('line' in piece ? piece.line : '(lines may be missing here)')
          if (lines.length > LOG_LINES) lines.splice(0, lines.length - LOG_LINES)
          timer ??= setTimeout(flush, TOGETHER)
        }
      } catch {
        // The guard is gone, and so it is said; or the instance is.
      }
      flush()
      await sleep(AGAIN, signal)
    }
  }

  async function readFacts(): Promise<void> {
    const client = watched === null ? undefined : clients.get(watched.key)
    if (watched === null || client === undefined || asking) return
    const { key, id } = watched
    asking = true
    try {
      tell({ kind: 'detail', key, id, detail: await client.detail(id), error: null })
    } catch (error) {
      tell({ kind: 'detail', key, id, detail: null, error: (error as Error).message })
    } finally {
      asking = false
    }
    // Another one may have been chosen while this one was asked for.
    if (watched !== null && (watched.key !== key || watched.id !== id)) await readFacts()
  }

  return {
    follow({ detail }) {
      if (watched?.key === detail?.guard && watched?.id === detail?.id) return
      watched?.end.abort()
      watched = null
      const client = clients.get(detail?.guard ?? '')
      if (detail === null || client === undefined) return
      watched = { key: detail.guard, id: detail.id, end: new AbortController() }
      void readFacts()
      void readLog(client, detail.guard, detail.id, watched.end.signal)
    },
    refresh: () => void readFacts(),
    stop: () => watched?.end.abort(),
  }
}
