import type { OutputCounts, OutputSource } from '../../model/ports/program-output.ts'
import type { LogPolicy } from '../../model/program-spec.ts'
import type { StreamName } from '../../output/line-encoder.ts'
import type { SinkRoad } from '../sinks/sink-tap.ts'

export interface WorkerData {
  /** By what it is woken: see `ThreadPipes`. */
  readonly wake: number
  /** 1 when the thread has to end. */
  readonly quit: SharedArrayBuffer
}

/** A FIFO, or on Windows the reading handle of a pipe, that is open in this process. */
export interface OpenStream {
  readonly name: StreamName
  readonly fd: number
  readonly path: string
  /** It was made just now: nothing of an earlier life is in it. */
  readonly isNew: boolean
}

export type ToOutputWorker =
  | {
      readonly kind: 'open'
      readonly id: number
      readonly source: OutputSource
      readonly incarnation: number
      readonly setup: ChannelSetup
    }
  | { readonly kind: 'setup'; readonly id: number; readonly setup: ChannelSetup }
  | {
      readonly kind: 'incarnation'
      readonly id: number
      readonly number: number
      /** Another follows among what has come with it. */
      readonly followed?: boolean
    }
  | {
      readonly kind: 'watch'
      readonly id: number
      readonly watch: number
      readonly source: string
      readonly flags: string
    }
  /** The way to those who tell sinks. */
  | { readonly kind: 'road'; readonly road: SinkRoad }
  | { readonly kind: 'unwatch'; readonly id: number; readonly watch: number }
  | {
      readonly kind: 'counts' | 'drain' | 'rotate' | 'clear' | 'close'
      readonly id: number
      readonly request: number
    }
  /** A packed copy of a rotated file is to take its place. */
  | {
      readonly kind: 'packed'
      readonly path: string
      readonly identity: string
      readonly packed: string
    }

export interface ChannelSetup {
  readonly file: string
  readonly policy: LogPolicy
  readonly streams: readonly OpenStream[]
  /** What is shared with the thread that tells sinks; null where it has none. */
  readonly tap: SharedArrayBuffer | null
}

export type FromOutputWorker =
  | { readonly kind: 'done'; readonly request: number; readonly counts: OutputCounts }
  | { readonly kind: 'match'; readonly watch: number; readonly line: string }
  | { readonly kind: 'rotated'; readonly path: string }
