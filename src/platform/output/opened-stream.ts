import type { SpawnDescriptor } from '../../model/ports/spawner.ts'
import type { OpenStream } from './worker-messages.ts'

/** A way for output, open at both ends. */
export interface OpenedStream {
  readonly stream: OpenStream
  /** What a program writes to. */
  readonly descriptor: SpawnDescriptor
  /** @param remove what outlives this process goes too */
  close(remove: boolean): void
}
