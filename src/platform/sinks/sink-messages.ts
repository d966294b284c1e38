import type { Severity } from '../../model/log-entry.ts'
import type { LogSink, SinkFact } from '../../model/log-sink.ts'
import type { LineRecord, RecordSource } from '../../sinks/line-record.ts'

export interface SinkWorkerData {
  /** Bytes under way to it, of all channels. */
  readonly all: SharedArrayBuffer
}

/** Bytes that a log has, from the one who put them there. */
export interface TappedChunk {
  readonly id: number
  readonly stream: LineRecord['stream']
  readonly incarnation: number
  /** Lines told before these; -1 where the encoder of the log does not count. */
  readonly sequence: number
  readonly at: number
  /** It begins within a line. */
  readonly continues: boolean
  readonly bytes: Uint8Array
}

export interface SinkChannelSetup {
  readonly id: number
  readonly source: RecordSource
  readonly sinks: readonly LogSink[]
  readonly severity: { readonly stdout: Severity; readonly stderr: Severity }
  readonly shared: SharedArrayBuffer
  /** Values of the variables that its sinks name. */
  readonly variables: Readonly<Record<string, string | undefined>>
}

export type ToSinkWorker =
  | { readonly kind: 'channel'; readonly setup: SinkChannelSetup }
  | { readonly kind: 'leave'; readonly id: number }
  | {
      readonly kind: 'process'
      readonly id: number
      readonly incarnation: number
      readonly pid: number
    }
  /** Chunks come through it. */
  | { readonly kind: 'port'; readonly port: import('node:worker_threads').MessagePort }
  | { readonly kind: 'facts'; readonly request: number; readonly id: number }
  | { readonly kind: 'close' }

export type FromSinkWorker =
  | { readonly kind: 'facts'; readonly request: number; readonly facts: readonly SinkFact[] }
  | { readonly kind: 'turned'; readonly fact: SinkFact }
  | { readonly kind: 'closed' }
