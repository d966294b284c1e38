import type { Home } from '../../model/home.ts'
import type { AccountRights } from '../../model/ports/account-rights.ts'
import type { Clock } from '../../model/ports/clock.ts'
import type { EventSources } from '../../model/ports/event-sources.ts'
import type { FileSystem } from '../../model/ports/file-system.ts'
import type { LogFiles } from '../../model/ports/log-files.ts'
import type { DatedProcesses } from '../../model/ports/machine.ts'
import type { RunningPrograms } from '../../model/ports/running-programs.ts'
import type { ServiceControl } from '../../model/ports/service-control.ts'

/** What the manager for Windows works with. */
export interface ScmContext {
  readonly home: Home
  readonly control: ServiceControl
  readonly eventSources: EventSources
  readonly rights: AccountRights
  readonly clock: Clock
  readonly files: Pick<FileSystem, 'makeDirectory' | 'remove'>
  readonly logFiles: LogFiles
  readonly processes: DatedProcesses
  readonly programs: RunningPrograms
  /** How stead is started as a service: node, its options, and the file of the command. */
  readonly stead: readonly string[]
}
