import { SteadError } from '../../errors.ts'
import type { RunningProgram } from '../../model/ports/running-programs.ts'
import {
  describeWindowsError,
  isWindowsError,
  WIN32,
  WindowsError,
} from '../../model/windows-error.ts'
import type { ScmContext } from './context.ts'
import { MANAGER } from './errors.ts'

/** Programs that keep services open for as long as they show them. */
const CONSOLES: Readonly<Record<string, string>> = {
  'mmc.exe': 'the Services window or Computer Management',
  'taskmgr.exe': 'Task Manager',
  'procexp.exe': 'Process Explorer',
  'procexp64.exe': 'Process Explorer',
  'processhacker.exe': 'Process Hacker',
  'systeminformer.exe': 'System Informer',
  'servermanager.exe': 'Server Manager',
  'perfmon.exe': 'Performance Monitor',
  'nssm.exe': 'NSSM',
  'nssm64.exe': 'NSSM',
}

/**
 * 1072: a deleted service is there until the last program has closed it. Windows tells nobody which
 * program that is, as handles of services are the Service Control Manager's own; so what runs is named
 * that is known for it.
 */
export async function stillHeld(
  { control, programs }: ScmContext,
  name: string,
  action: string,
): Promise<SteadError> {
  const cause = new WindowsError('OpenServiceW', WIN32.SERVICE_MARKED_FOR_DELETE)
  const pid = await control.status(name).then(
    (status) => status.pid,
    () => null,
  )
  const likely = (await programs.all().catch(() => [])).filter(
    (program) => consoleOf(program) !== null,
  )
  return new SteadError(
    'MANAGER_FAILED',
    {
      manager: MANAGER,
      action: `${action} ${name}`,
      detail: `${cause.api}: ${describeWindowsError(cause.number)}`,
      remedy: remedyFor(pid, likely),
    },
    { cause },
  )
}

function consoleOf({ name }: RunningProgram): string | null {
  const lower = name.toLowerCase()
  return Object.hasOwn(CONSOLES, lower) ? (CONSOLES[lower] as string) : null
}

function remedyFor(pid: number | null, likely: readonly RunningProgram[]): string {
  if (pid !== null) return `its process ${pid} still runs: wait for its end, then try again`
  if (likely.length === 0) {
    return 'no program runs that is known to keep services open (the Services window, Task Manager): end what watches services here, or start Windows anew'
  }
  const named = likely.map((one) => `${consoleOf(one)} (${one.name}, pid ${one.pid})`)
  return `close ${named.join(' and ')}, which may hold it, then try again`
}

/** True for a failure by 1072. */
export function isMarked(error: unknown): boolean {
  return isWindowsError(error, WIN32.SERVICE_MARKED_FOR_DELETE)
}
