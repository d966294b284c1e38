/** The audit log of a guard that does not run, in its files. */
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type AuditTrail, auditTrail } from '../control/audit-trail.ts'
import { SteadError } from '../errors.ts'
import { guardIdEnds } from '../model/guard-places.ts'
import { auditReader } from '../platform/control/audit-files.ts'
import { type GuardHomeOptions, guardHome } from './compose-guard-home.ts'

/** @throws FILE_UNREADABLE where no guard of this file has kept anything yet, or the caller may not read it */
export function storedTrail(file: string, options: GuardHomeOptions): AuditTrail {
  const { state } = guardHome(options)
  const all = join(state, 'guards')
  const digest = createHash('sha256').update(file).digest('hex')
  // By the file alone: its text may be broken, or name another project by now.
  const found = namesIn(all).find((name) => name.endsWith(guardIdEnds(digest)))
  if (found === undefined) {
    const reason = `no guard of ${file} has kept anything there`
    throw new SteadError('FILE_UNREADABLE', { path: all, reason })
  }
  return auditTrail(auditReader(join(all, found, 'audit.jsonl')), () => null)
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    const reason = (error as Error).message
    throw new SteadError('FILE_UNREADABLE', { path: directory, reason }, { cause: error })
  }
}
