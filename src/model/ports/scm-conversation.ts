import type { Severity } from '../log-entry.ts'
import type { ScmState } from '../scm-values.ts'
import type { WindowsEventName } from '../windows-events.ts'

/** What HandlerEx is given beside the code of a control. */
export interface ControlDetail {
  /** dwEventType. */
  readonly eventType: number
  /** What lpEventData points to, copied while it was there; empty for none. */
  readonly data: Uint8Array
}

/** One record of the Event Log. */
export interface EventRecord {
  readonly event: WindowsEventName
  readonly severity: Severity
  /** What happened: the second insert of the event's text. */
  readonly detail: string
}

/**
 * The conversation of a service process with the Windows Service Control Manager, in its own numbers
 * (<winsvc.h>), from the contact (StartServiceCtrlDispatcherW) until SERVICE_STOPPED.
 *
 * Whoever implements it keeps the conversation going while the rest of the process is busy: it
 * answers INTERROGATE, reports STOP_PENDING as soon as the SCM asks for a stop, and in every pending
 * state advances the checkpoint.
 */
export interface ScmConversation {
  readonly serviceName: string
  /** What StartService was given, without the name. */
  readonly startArguments: readonly string[]
  /** The text that `scm-record.ts` reads; null where there is none beside the service. */
  readonly record: string | null
  /**
   * Registers the one receiver of control codes; codes that came before are delivered at once. From
   * now on the conversation keeps the process alive.
   */
  listen(receiver: (control: number, detail: ControlDetail) => void): void
  /** What the service takes: bits of dwControlsAccepted, and whether 128 to 255 are taken. */
  accept(bits: number, custom: boolean): void
  /** A pending state is kept alive until `patience` ms have gone by without a new report. */
  report(state: Exclude<ScmState, 'stopped'>, patience: number): void
  /**
   * A record in the Event Log. Whatever was handed over before `finish` is written when that returns,
   * by the calling thread itself where the one that talks to the SCM has died.
   */
  event(record: EventRecord): void
  /**
   * Waits until every record is in the Event Log. Synchronous, for a process that is about to die
   * without SERVICE_STOPPED.
   */
  flush(): void
  /** SERVICE_STOPPED. Synchronous; whatever is called afterwards has no effect. */
  finish(win32ExitCode: number, specificExitCode: number): void
  close(): Promise<void>
}
