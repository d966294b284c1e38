import type { ProbeOptions, ProbeOutcome } from '../../model/ports/probe.ts'

/** Ends a probe once: what comes first counts. */
export type EndProbe = (ok: boolean, detail: string) => void

/**
 * Runs `begin`, which answers through its argument and returns what lets go of everything; that is
 * called at the end, whether by an answer, the timeout or the caller.
 */
export function oneOutcome(
  { timeout, signal }: ProbeOptions,
  begin: (end: EndProbe) => () => void,
): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const started = performance.now()
    let release: (() => void) | null = null
    let over = false
    const end: EndProbe = (ok, detail) => {
      if (over) return
      over = true
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      release?.()
      resolve({ ok, took: performance.now() - started, detail })
    }
    const timer = setTimeout(() => end(false, `no answer within ${timeout} ms`), timeout)
    const abort = (): void => end(false, 'not finished')
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) {
      abort()
      return
    }
    try {
      release = begin(end)
    } catch (error) {
      end(false, reasonOf(error))
    }
    if (over) release?.()
  })
}

/** An error's code where it has one: it is shorter than its message and says as much. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}
