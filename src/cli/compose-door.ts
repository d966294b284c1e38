/** The ways into a guard: its socket, who may come, what of it is written down, and where it is found. */
import { basename, dirname, join } from 'node:path'
import { auditLog } from '../control/audit-log.ts'
import { auditTrail } from '../control/audit-trail.ts'
import type { AccessRule } from '../model/access.ts'
import type { GuardPlaces } from '../model/guard-places.ts'
import type { GuardFacts } from '../model/guard-status.ts'
import type { Home } from '../model/home.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { Caller, GuardApi } from '../model/ports/guard-api.ts'
import type { Timers } from '../model/ports/timers.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import { auditFiles, auditReader } from '../platform/control/audit-files.ts'
import { registerGuard, registryFile } from '../platform/control/guard-registry.ts'
import { type ControlServer, serveControl } from '../platform/control/serve.ts'
import { shareSocket } from '../platform/control/share-socket.ts'
import { composeAnswers } from './compose-control.ts'
import { metricsListener } from './compose-metrics.ts'
import { composeProcesses, composeWhoIs } from './compose-system.ts'
import { controlTcp } from './compose-tcp.ts'

/** How soon a guard that could not write down where it is tries it again, in milliseconds. */
const REGISTER_AGAIN = 2_000

export interface DoorParts {
  readonly api: GuardApi
  readonly clock: Clock
  readonly timers: Timers
  readonly home: Home
  readonly places: GuardPlaces
  readonly facts: Omit<GuardFacts, 'event'>
  readonly self: Caller
  /** Says something about the guard: an event. */
  readonly tell: (text: string, severity: 4 | 6) => void
}

export interface Door {
  /** What the guard is asked by its own process, on signals: noted as what others ask. */
  readonly own: GuardApi
  /** Answers on the socket from now on. @throws SOCKET_PATH_TOO_LONG, DIRECTORY_UNSAFE, GUARD_RUNNING */
  open(): Promise<void>
  /** Is found by its name from now on, and tells its metrics where `spec` has it. */
  enter(spec: GuardSpec): Promise<void>
  /** Another configuration holds. */
  applied(next: GuardSpec): void
  close(): Promise<void>
}

/** The audit log of a guard, within its state directory. */
export function auditPath({ state }: Pick<GuardPlaces, 'state'>): string {
  return join(state, 'audit.jsonl')
}

export async function composeDoor(parts: DoorParts): Promise<Door> {
  const { api, clock, timers, home, places, facts, self, tell } = parts
  const path = auditPath(places)
  const audit = auditLog({ files: auditFiles(path), clock, who: await composeWhoIs(), self })
  const trail = auditTrail(auditReader(path), () => audit.head)
  const { handler, allow, apiFor } = await composeAnswers({ api, clock, audit, trail })
  const scrapes = metricsListener({ api, timers, tell })
  const tcp = controlTcp({ answers: { handler, allow }, clock, timers, tell })
  let server: ControlServer | null = null
  let registered = false
  let leave = (): void => {}
  let rules: readonly AccessRule[] = []

  function share(): void {
    const { run } = home
    try {
      const closed = shareSocket(
        {
          socket: places.socket,
          directories: [...ownAbove(home), run, places.run],
          guards: join(run, 'guards'),
          registered: registered ? registryFile(home, places.id) : null,
        },
        rules.some(({ users, groups }) => users.length + groups.length > 0),
      )
      if (closed !== null) tell(`access: others cannot pass ${closed} to its socket`, 4)
    } catch (error) {
      tell(`access: its socket cannot be shared: ${(error as Error).message}`, 4)
    }
  }

  /** Tried again where the disk is full: the guard is not found until then, and works all the same. */
  function enter(birth: string): void {
    try {
      leave = registerGuard(home, { ...facts, project: places.id, birth })
      registered = true
      if (rules.length > 0) share()
    } catch (error) {
      tell(`cannot be found by name yet: ${(error as Error).message}`, 4)
      leave = timers.after(REGISTER_AGAIN, () => enter(birth))
    }
  }

  return {
    own: apiFor(self),
    async open() {
      server = await serveControl({ handler, allow, socket: places.socket })
      rules = api.access().rules
      audit.append({ caller: self, action: 'up', targets: [], result: 'done' })
    },
    async enter({ metrics = null, controlTcp = null }) {
      scrapes.applied(metrics)
      tcp.applied(controlTcp)
      enter((await (await composeProcesses()).birth(process.pid)) ?? '')
    },
    applied({ access = [], metrics = null, controlTcp = null }) {
      scrapes.applied(metrics)
      tcp.applied(controlTcp)
      if (JSON.stringify(access) === JSON.stringify(rules)) return
      rules = access
      share()
      tell('access: other rules hold now', 6)
    },
    async close() {
      leave()
      await scrapes.close()
      await tcp.close()
      await server?.close()
      audit.close()
    },
  }
}

/** What stead made above its runtime directory, and nobody else uses. */
function ownAbove({ root, run }: Home): readonly string[] {
  const above = dirname(run)
  return root !== null || basename(above) === 'stead' ? [above] : []
}
