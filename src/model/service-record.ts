import type { Scope, ServiceSpec } from './service-spec.ts'
import type { ManagerKind } from './service-status.ts'

/**
 * What stead remembers of a service it installed: one JSON file each in {@link Home.specs}.
 * The manager's own definition is the truth about what runs; the record is the truth about what was
 * asked for, from which a later stead can tell what changed.
 */
export interface ServiceRecord {
  /** Of this format; a reader refuses a higher one. */
  readonly version: 1
  readonly manager: ManagerKind
  readonly scope: Scope
  /** ISO 8601, UTC. */
  readonly installedAt: string
  readonly spec: ServiceSpec
}
