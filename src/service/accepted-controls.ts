import type { LifecycleState } from '../model/lifecycle-state.ts'
import type { ControlType } from '../model/ports/host.ts'
import type { Service } from './define-service.ts'

/** States in which a service is up, and told of what goes on around it. */
const UP: ReadonlySet<LifecycleState> = new Set([
  'running',
  'reloading',
  'pausing',
  'paused',
  'resuming',
])

/** What a host may let through in a state: what the service asks for by having a function for it. */
export function acceptedControls(
  service: Service,
  state: LifecycleState,
): ReadonlySet<ControlType> {
  const controls = new Set<ControlType>(['interrogate'])
  if (state !== 'stopped' && state !== 'stopping') controls.add('stop')
  if (state === 'running') {
    if (service.reload !== undefined || service.config !== null) controls.add('reload')
    if (service.pause !== undefined) controls.add('pause')
  }
  if (state === 'paused') controls.add('resume')
  if (service.onCustom !== undefined && (state === 'running' || state === 'paused'))
    controls.add('custom')
  if (UP.has(state)) {
    if (service.onSession !== undefined) controls.add('session')
    if (service.onPower !== undefined) controls.add('power')
    if (service.onTimeChange !== undefined) controls.add('time-change')
  }
  return controls
}
