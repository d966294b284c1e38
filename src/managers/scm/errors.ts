import { SteadError } from '../../errors.ts'
import { describeWindowsError, isWindowsError, WIN32 } from '../../model/windows-error.ts'

export const MANAGER = 'the Windows Service Control Manager'

const ELEVATE = 'run the same command in a terminal opened with "Run as administrator"'

/** Runs one call on a service and turns an error of Windows into one of stead. */
export async function told<T>(action: string, name: string, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw steadError(error, action, name)
  }
}

/** What an error of Windows means for somebody who wanted to `action` the service `name`. */
export function steadError(error: unknown, action: string, name: string): unknown {
  if (!isWindowsError(error)) return error
  const cause = { cause: error }
  const detail = `${error.api}: ${describeWindowsError(error.number)}`
  switch (error.number) {
    case WIN32.ACCESS_DENIED:
      return new SteadError(
        'RIGHTS',
        { action: `${action} ${name}`, right: 'an elevated administrator', remedy: ELEVATE },
        cause,
      )
    case WIN32.SERVICE_DOES_NOT_EXIST:
      return new SteadError('NOT_INSTALLED', { name, manager: MANAGER }, cause)
    case WIN32.RPC_SERVER_UNAVAILABLE:
    case WIN32.SHUTDOWN_IN_PROGRESS:
      return unavailable(error.number, error)
    case WIN32.SERVICE_NOT_ACTIVE:
      return new SteadError('NOT_RUNNING', { name, action }, cause)
    case WIN32.INVALID_SERVICE_CONTROL:
      return new SteadError(
        'VERB_UNSUPPORTED',
        { name, action, manager: MANAGER, reason: 'the service does not take this control' },
        cause,
      )
    default:
      return new SteadError(
        'MANAGER_FAILED',
        { manager: MANAGER, action: `${action} ${name}`, detail, ...remedyFor(error.number, name) },
        cause,
      )
  }
}

/** Nobody can be asked. */
export function unavailable(number: number, cause: unknown): SteadError {
  return new SteadError(
    'MANAGER_UNAVAILABLE',
    {
      manager: MANAGER,
      reason: describeWindowsError(number),
      remedy: 'it runs wherever Windows does: see whether the machine is starting or going down',
    },
    { cause },
  )
}

function remedyFor(number: number, name: string): { remedy?: string } {
  switch (number) {
    case WIN32.SERVICE_MARKED_FOR_DELETE:
      return {
        remedy: 'close what still holds it (the Services window, Task Manager), then try again',
      }
    case WIN32.SERVICE_DISABLED:
      return {
        remedy: `install it with another start type: stead install ${name} --start-type=manual …`,
      }
    case WIN32.DEPENDENT_SERVICES_RUNNING:
      return { remedy: 'stop the services that depend on it first' }
    case WIN32.DUPLICATE_SERVICE_NAME:
      return { remedy: 'give it another display name' }
    default:
      return {}
  }
}
