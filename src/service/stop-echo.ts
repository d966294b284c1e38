/** Whether an error is of work that was cancelled by that signal, and that nobody waits for any more. */
export function isEchoOf(signal: AbortSignal, error: unknown): boolean {
  if (!signal.aborted) return false
  return error === signal.reason || (error as { name?: unknown } | null)?.name === 'AbortError'
}
