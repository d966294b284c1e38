import type { Severity } from '../../model/log-entry.ts'
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
  | { readonly kind: 'control'; readonly control: number }

export type ToDispatcher =
  | { readonly kind: 'accept'; readonly bits: number; readonly custom: boolean }
  | {
      readonly kind: 'report'
      readonly state: Exclude<ScmState, 'stopped'>
      readonly patience: number
    }
  | { readonly kind: 'event'; readonly severity: Severity; readonly text: string }
  | { readonly kind: 'finish'; readonly win32: number; readonly specific: number }

/** What the thread is started with. */
export interface DispatcherData {
  /** One Int32: 1 after SERVICE_STOPPED was reported; the main thread waits for it. */
  readonly finished: SharedArrayBuffer
}
