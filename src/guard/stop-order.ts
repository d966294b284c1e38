import { type Instance, isLive } from './instance.ts'
import type { Instances } from './instances.ts'

export interface StopOrderParts {
  readonly instances: Instances
  readonly onChange: (instance: Instance, look: () => void) => () => void
  readonly stop: (instance: Instance) => void
  /** It will be stopped when its turn comes, and is not started again before. */
  readonly plan: (instance: Instance) => void
  /** Somebody wants it to run since its stop was planned. */
  readonly withdrawn?: (instance: Instance) => boolean
}

/**
 * Stops several instances so that each is stopped only when nothing of the selection that depends on
 * it lives any more. What does not live is stopped at once, and what lives is not wanted any more, so
 * that nothing starts meanwhile.
 *
 * @returns what tells when the stop of an instance has begun, or is not to begin any more
 */
export function stopInOrder(
  selected: readonly Instance[],
  { instances, onChange, stop, plan, withdrawn }: StopOrderParts,
): (instance: Instance) => Promise<void> {
  const chosen = new Set(selected)
  const begun = new Map<Instance, PromiseWithResolvers<void>>(
    selected.map((instance) => [instance, Promise.withResolvers<void>()]),
  )
  const waiting = new Set<Instance>()
  const begin = (instance: Instance): void => {
    waiting.delete(instance)
    stop(instance)
    begun.get(instance)?.resolve()
  }
  // One that is wanted again is not waited for: it would live on.
  const isBlocking = (other: Instance): boolean => isLive(other) && !withdrawn?.(other)
  const blockers = (instance: Instance): readonly Instance[] =>
    instances
      .dependentsOf(instance.service)
      .filter((other) => chosen.has(other) && isBlocking(other))

  for (const instance of selected) {
    if (isLive(instance)) waiting.add(instance)
    else begin(instance)
  }
  for (const instance of waiting) {
    plan(instance)
  }
  for (const instance of [...waiting]) consider(instance)

  function consider(instance: Instance): void {
    if (!waiting.has(instance)) return
    if (withdrawn?.(instance)) {
      waiting.delete(instance)
      begun.get(instance)?.resolve()
      return
    }
    const [blocker] = blockers(instance)
    // One that ends by itself while it waits for its turn is not to be started again.
    if (blocker === undefined || !isLive(instance)) {
      begin(instance)
      return
    }
    const offs: (() => void)[] = []
    const look = (): void => {
      if (isBlocking(blocker) && isLive(instance) && !withdrawn?.(instance)) return
      for (const off of offs) off()
      consider(instance)
    }
    offs.push(onChange(blocker, look), onChange(instance, look))
  }

  return async (instance) => begun.get(instance)?.promise
}

/** Stops all of them in order; resolves when nothing lives, or what lives could not be ended. */
export async function stopAll(all: readonly Instance[], parts: StopOrderParts): Promise<void> {
  const began = stopInOrder(all, parts)
  await Promise.all(
    all.map(async (instance) => {
      await began(instance)
      const isOver = (): boolean => !isLive(instance) || instance.state.phase === 'fatal'
      if (isOver()) return
      await new Promise<void>((resolve) => {
        const off = parts.onChange(instance, () => {
          if (!isOver()) return
          off()
          resolve()
        })
      })
    }),
  )
}
