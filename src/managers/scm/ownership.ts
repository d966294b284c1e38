import { isSteadError, SteadError } from '../../errors.ts'
import type { ServiceControl } from '../../model/ports/service-control.ts'
import {
  formatScmRecord,
  parseScmRecord,
  SCM_RECORD_KEY,
  SCM_RECORD_VALUE,
  type ScmRecord,
} from '../../model/scm-record.ts'
import { isWindowsError, WIN32 } from '../../model/windows-error.ts'
import type { ScmContext } from './context.ts'
import { isOfHome } from './definition.ts'
import { MANAGER } from './errors.ts'

/** The record beside a service; null where there is none that this stead and this caller can read. */
export async function recordOf(control: ServiceControl, name: string): Promise<ScmRecord | null> {
  try {
    return await readRecord(control, name)
  } catch (error) {
    if (isWindowsError(error, WIN32.ACCESS_DENIED) || isSteadError(error, 'SPEC_INVALID')) {
      return null
    }
    throw error
  }
}

async function readRecord(control: ServiceControl, name: string): Promise<ScmRecord | null> {
  const value = await control.readValue(name, SCM_RECORD_KEY, SCM_RECORD_VALUE)
  return value?.type === 'REG_SZ' ? parseScmRecord(value.data, `the record of ${name}`) : null
}

export async function writeRecord(
  control: ServiceControl,
  name: string,
  record: ScmRecord,
): Promise<void> {
  const data = formatScmRecord(record)
  await control.writeValue(name, SCM_RECORD_KEY, SCM_RECORD_VALUE, { type: 'REG_SZ', data })
}

/**
 * True for a service of this stead, false for none at all.
 *
 * @throws FOREIGN for anybody else's; SPEC_INVALID for one of a newer stead
 */
export async function requireOurs({ control, home }: ScmContext, name: string): Promise<boolean> {
  if (!(await isThere(control, name))) return false
  const record = await readRecord(control, name)
  if (record !== null && isOfHome(record, home)) return true
  // It may have gone since, and its record with it.
  if (!(await isThere(control, name))) return false
  const where = record === null ? 'it has no record of stead' : `it belongs to ${record.home}`
  throw new SteadError('FOREIGN', { name, manager: MANAGER, where })
}

async function isThere(control: ServiceControl, name: string): Promise<boolean> {
  try {
    await control.status(name)
    return true
  } catch (error) {
    if (isWindowsError(error, WIN32.SERVICE_DOES_NOT_EXIST)) return false
    throw error
  }
}
