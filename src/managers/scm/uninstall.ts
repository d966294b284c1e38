import { isWindowsError, WIN32, WindowsError } from '../../model/windows-error.ts'
import type { ScmContext } from './context.ts'
import { logFileOf } from './definition.ts'
import { steadError, told } from './errors.ts'
import { removeEventSource } from './event-source.ts'
import { isMarked, stillHeld } from './holders.ts'
import { takeBackLogonRight } from './logon-right.ts'
import { recordOf, requireOurs } from './ownership.ts'
import { stopOnce } from './stop.ts'

/** How long a service that is marked for deletion is waited for: until others close their handles. */
const GONE_WITHIN = 10_000
const POLL = 25

/** Stops a service of ours, removes it with its key, and waits until its name is free again. */
export async function uninstallService(context: ScmContext, name: string): Promise<void> {
  const { control, files, home } = context
  if (!(await told('uninstall', name, requireOurs(context, name)))) {
    throw steadError(
      new WindowsError('OpenServiceW', WIN32.SERVICE_DOES_NOT_EXIST),
      'uninstall',
      name,
    )
  }
  const record = await told('uninstall', name, recordOf(control, name))
  await stopOnce(context, name)
  try {
    await control.delete(name)
  } catch (error) {
    // Somebody has marked it already: all that is left is to wait.
    if (!isMarked(error)) {
      throw steadError(error, 'uninstall', name)
    }
  }
  await whenGone(context, name, 'uninstall')
  await told('uninstall', name, removeEventSource(context.eventSources, name))
  const holder = record?.logonRightOf
  if (holder !== undefined) {
    const action = 'take back the right to log on as a service for'
    await told(action, name, takeBackLogonRight(context, holder))
  }
  const log = logFileOf(home, name)
  await files.remove(log)
  await files.remove(`${log}.1`)
}

/**
 * Waits until no program holds a service any more that is marked for deletion.
 *
 * @throws MANAGER_FAILED with 1072 when one still does after ten seconds
 */
export async function whenGone(context: ScmContext, name: string, action: string): Promise<void> {
  const { control, clock } = context
  const deadline = clock.monotonic() + GONE_WITHIN
  for (;;) {
    try {
      await control.status(name)
    } catch (error) {
      if (isWindowsError(error, WIN32.SERVICE_DOES_NOT_EXIST)) return
      throw steadError(error, action, name)
    }
    if (clock.monotonic() > deadline) throw await stillHeld(context, name, action)
    await clock.sleep(POLL)
  }
}
