/**
 * Runs steps of which each says how it is undone. When one fails, those before it are undone, the
 * last first, and the failure goes on to the caller; an undoing that fails too is added to it.
 */
export async function settle(
  steps: (undo: (step: () => Promise<unknown>) => void) => Promise<void>,
): Promise<void> {
  const undoing: (() => Promise<unknown>)[] = []
  try {
    await steps((step) => undoing.push(step))
  } catch (error) {
    const failures: unknown[] = []
    for (const step of undoing.reverse()) {
      await step().catch((failure: unknown) => failures.push(failure))
    }
    if (failures.length > 0 && error instanceof Error) {
      error.cause = new AggregateError([error.cause, ...failures], 'not all could be undone')
    }
    throw error
  }
}
