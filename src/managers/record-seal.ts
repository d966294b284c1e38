import { createHash } from 'node:crypto'
import type { ServiceSpec } from '../model/service-spec.ts'

/** The variable by which a guard is told which record it was installed with. */
export const RECORD_SEAL = 'STEAD_RECORD'

/**
 * The digest of what was installed, SHA-256 in hex. Where a manager keeps it in a place that only an
 * administrator can write, such as the registry key of a service, a guard notices a record that
 * somebody else has changed.
 */
export function recordSeal(spec: ServiceSpec): string {
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex')
}
