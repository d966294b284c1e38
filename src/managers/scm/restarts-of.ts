import type {
  ScmFailureActions,
  ScmStatus,
  ServiceControl,
} from '../../model/ports/service-control.ts'
import { WIN32 } from '../../model/windows-error.ts'
import { NO_ACTIONS } from './failure-actions.ts'

/**
 * The failure actions that hold for the end that a stopped service has come to: none where it
 * reported a code and the flag for that is not set (SERVICE_FAILURE_ACTIONS_FLAG, <winsvc.h>), as
 * with a guard that has given up.
 */
export async function restartsOf(
  control: ServiceControl,
  name: string,
  { win32ExitCode }: ScmStatus,
): Promise<ScmFailureActions> {
  const { extras } = control
  if (!extras.has('failureActions')) return NO_ACTIONS
  const reported = win32ExitCode !== WIN32.PROCESS_ABORTED
  if (reported && extras.has('failureActionsOnCode')) {
    if (!(await control.extra(name, 'failureActionsOnCode'))) return NO_ACTIONS
  }
  return control.extra(name, 'failureActions')
}
