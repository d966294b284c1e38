/** A source of settings that is not on this machine: etcd, Consul, HTTP. */
export interface RemoteSource {
  /** What to call it in messages and in `config show`: an address without user and password. */
  readonly name: string
  /**
   * Fetches what it has.
   *
   * @returns null where it has nothing
   * @throws any error where it cannot be reached, or says nonsense; what was read last stays then
   */
  read(signal: AbortSignal): Promise<RemoteText | null>
  /**
   * Tells every change from the version on that was read, and when the source is lost and is back, until
   * it is stopped. Neither is an error: what was read last stays.
   *
   * @param lost what was wrong with it when it was read: `back` is told when that is over
   */
  watch(from: RemoteText | null, told: RemoteListener, lost?: string | null): () => void
}

export interface RemoteText {
  readonly text: string
  /** `pairs`: a map, as JSON, of settings such as `services/web/env/PORT` to texts. */
  readonly format: 'yaml' | 'json' | 'jsonc' | 'toml' | 'pairs'
  /** What the source calls this state of it: `ETag "a1"`, `revision 42`, `index 7`. */
  readonly version: string
  /** A number that only grows with each change at the source; null where it does not count. */
  readonly order: number | null
  /** What stands beside it as its signature, null where nothing does; left out where nobody asks for one. */
  readonly signature?: string | null
}

export interface RemoteListener {
  changed(text: RemoteText | null): void
  /** It cannot be reached, or says nonsense. In words, without secrets; told again where the words change. */
  lost(problem: string): void
  back(): void
}
