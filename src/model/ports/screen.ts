/** A terminal that is drawn on as a whole, and whose keys come as they are pressed. */
export interface Screen {
  readonly size: () => { readonly columns: number; readonly rows: number }
  /** Takes the terminal: another screen, no cursor, each key at once. Does nothing to one that is taken. */
  enter(): void
  /** Gives it back as it was; may be called at any time, also twice. */
  leave(): void
  write(text: string): void
  /** Gives it back and stops the process, as Ctrl-Z does; comes back when the process goes on. */
  suspend(): void
}

export interface ScreenEvents {
  /** What was typed, as the terminal sends it. */
  readonly typed: (text: string) => void
  /** It has another size, or its content is lost: draw it all. */
  readonly changed: () => void
  /** It is gone, or the process is told to end, by a signal or none. */
  readonly gone: (signal: 'SIGHUP' | 'SIGTERM' | 'SIGINT' | null) => void
}
