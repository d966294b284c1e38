import type { LifecycleState } from '../../model/lifecycle-state.ts'
import type { Control, ControlType } from '../../model/ports/host.ts'
import type { ControlDetail } from '../../model/ports/scm-conversation.ts'
import { SCM_ACCEPTS, SCM_CONTROLS, type ScmState } from '../../model/scm-values.ts'
import { machineControlOf } from './machine-controls.ts'

const NO_DETAIL: ControlDetail = { eventType: 0, data: new Uint8Array() }

/** A code of HandlerEx as a control; null for one that stead does not take. */
export function controlOf(code: number, detail: ControlDetail = NO_DETAIL): Control | null {
  if (code >= 128 && code <= 255) return { type: 'custom', code }
  switch (code) {
    case SCM_CONTROLS.stop:
      return { type: 'stop', reason: 'request', force: false }
    case SCM_CONTROLS.shutdown:
      return { type: 'stop', reason: 'shutdown', force: false }
    case SCM_CONTROLS.preshutdown:
      return { type: 'stop', reason: 'preshutdown', force: false }
    case SCM_CONTROLS.pause:
      return { type: 'pause' }
    case SCM_CONTROLS.resume:
      return { type: 'resume' }
    case SCM_CONTROLS.paramChange:
      return { type: 'reload' }
    case SCM_CONTROLS.interrogate:
      return { type: 'interrogate' }
    default:
      return machineControlOf(code, detail)
  }
}

/**
 * Bits of dwControlsAccepted. With a stop comes the end of the machine as PRESHUTDOWN, which leaves
 * more time than SHUTDOWN and must not be accepted together with it (SERVICE_STATUS, <winsvc.h>).
 * The codes of the service's own need no bit.
 */
export function acceptedBits(controls: ReadonlySet<ControlType>): number {
  let bits = 0
  if (controls.has('stop')) bits |= SCM_ACCEPTS.stop | SCM_ACCEPTS.preshutdown
  if (controls.has('pause') || controls.has('resume')) bits |= SCM_ACCEPTS.pauseContinue
  if (controls.has('reload')) bits |= SCM_ACCEPTS.paramChange
  if (controls.has('session')) bits |= SCM_ACCEPTS.sessionChange
  if (controls.has('power')) bits |= SCM_ACCEPTS.powerEvent
  if (controls.has('time-change')) bits |= SCM_ACCEPTS.timeChange
  return bits
}

/** The SCM knows no reloading: a service that does is running. */
export const STATES: Readonly<
  Record<Exclude<LifecycleState, 'stopped'>, Exclude<ScmState, 'stopped'>>
> = {
  starting: 'start-pending',
  running: 'running',
  reloading: 'running',
  pausing: 'pause-pending',
  paused: 'paused',
  resuming: 'continue-pending',
  stopping: 'stop-pending',
}
