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
   */
  watch(from: RemoteText | null, told: RemoteListener): () => void
}

export interface RemoteText {
  readonly text: string
  readonly format: 'yaml' | 'json' | 'jsonc' | 'toml'
  /** What the source calls this state of it: an ETag, a revision, an index. */
  readonly version: string
}

export interface RemoteListener {
  changed(text: RemoteText | null): void
  /** In words, without secrets. */
  lost(problem: string): void
  back(): void
}
