import type { ControlDetail, EventRecord } from '../../model/ports/scm-conversation.ts'
import type { ScmState } from '../../model/scm-values.ts'

/** From the thread that talks to the SCM to the main thread. */
export type FromDispatcher =
  /** No SCM waits for this process. */
  | { readonly kind: 'alone' }
  | {
      readonly kind: 'contact'
      readonly name: string
      readonly args: readonly string[]
      readonly record: string | null
    }
  | { readonly kind: 'control'; readonly control: number; readonly detail: ControlDetail }

export type ToDispatcher =
  | { readonly kind: 'accept'; readonly bits: number; readonly custom: boolean }
  | {
      readonly kind: 'report'
      readonly state: Exclude<ScmState, 'stopped'>
      readonly patience: number
    }
  | { readonly kind: 'event'; readonly record: EventRecord }
  | { readonly kind: 'finish'; readonly win32: number; readonly specific: number }

export const FINISHED = 0
export const WRITTEN = 1

/** What the thread is started with. */
export interface DispatcherData {
  /**
   * Two Int32. At {@link FINISHED}: 1 after SERVICE_STOPPED was reported; the main thread waits for it.
   * At {@link WRITTEN}: how many records of the Event Log were dealt with.
   */
  readonly progress: SharedArrayBuffer
}
