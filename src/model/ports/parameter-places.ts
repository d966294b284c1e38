import type { SetParameters } from '../parameter.ts'
import type { AskedParameters, ToldParameters } from '../parameter-channel.ts'

/** Where a guard and its programs tell each other of parameters: a directory for each instance. */
export interface ParameterPlaces {
  /** Its directory, whether it is there or not. */
  directory(id: string): string
  /**
   * Has that stand there for the program, which runs as `user` (null: as the guard).
   *
   * @throws what the system says
   */
  offer(id: string, user: string | null, asked: AskedParameters): void
  /** What the program said last; null for nothing. */
  told(id: string): ToldParameters | null
  /** Calls back when it has said something. @returns what ends that */
  watch(id: string, changed: () => void): () => void
  remove(id: string): void
}

/** What of every service was set, and the number of the newest request. */
export interface KeptParameters {
  readonly number: number
  readonly services: Readonly<Record<string, SetParameters>>
}

/** Where a guard keeps what was set, over its own end. */
export interface ParameterStore {
  /** @throws an error in words for what cannot be read; it is put aside */
  load(): KeptParameters
  /** @throws what the system says */
  save(kept: KeptParameters): void
}
