import type { AskedParameters, ToldParameters } from '../parameter-channel.ts'

/** Where a service learns what was set of its parameters, and answers. */
export interface ServiceParameters {
  /** What is asked of it now; null for nothing. */
  asked(): AskedParameters | null
  /** @throws what the system says */
  tell(told: Omit<ToldParameters, 'life'>): void
  /** Calls back when something else may be asked. @returns what ends that */
  watch(changed: () => void): () => void
}
