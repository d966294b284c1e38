import type { Permission } from '../model/access.ts'
import type { Audit, AuditEntry } from '../model/ports/audit.ts'
import type { ControlAnswer, ControlRequest } from '../model/ports/control-transport.ts'
import type { GuardApi } from '../model/ports/guard-api.ts'
import type { LogFiles } from '../model/ports/log-files.ts'
import type { Access } from './access.ts'
import type { AuditTrail } from './audit-trail.ts'
import { bodyValues, type QueryField, type Shape, type ValuesOf } from './fields.ts'
import type { RpcMachine } from './supervisor/method.ts'

export interface ControlParts {
  readonly api: GuardApi
  readonly logs: LogFiles
  readonly access: Access
  readonly audit: Audit
  /** Null where nothing is noted down. */
  readonly trail: AuditTrail | null
  readonly machine: RpcMachine
}

/** A request whose route is known. */
export interface Call {
  /**
   * What the guard does for this caller: it sees its services alone, changes are refused or noted in
   * the audit log. A route has no other way to the guard.
   */
  readonly api: GuardApi
  readonly logs: LogFiles
  /** As `Access` has them, for this caller. */
  readonly may: (permission: Permission, service?: string | null) => boolean
  /** @throws RIGHTS */
  readonly authorise: (
    permission: Permission,
    services: readonly string[] | null,
    action: string,
  ) => void
  readonly audit: (entry: Omit<AuditEntry, 'caller'>) => number
  /** The audit log, for those who may administer everything. @throws RIGHTS */
  readonly trail: () => AuditTrail | null
  readonly machine: RpcMachine
  readonly request: ControlRequest
  readonly query: URLSearchParams
  /** What stands in the path where the route has `ID`; empty where it has none. */
  readonly id: string
  /** What stands there for `VERB`. */
  readonly verb: string
  /** What stands there for any other word in capitals. */
  readonly place: (word: string) => string
}

export interface Route {
  readonly method: 'GET' | 'POST'
  /** Words in capitals, such as `ID` and `VERB`, stand for what a request names. */
  readonly path: string
  /**
   * Whoever has it for no service at all is refused before anything is looked at. What is done to
   * which services is judged by `api`, where it is done.
   */
  readonly needs: Permission
  /** What its query may have, beside what is passed over. */
  readonly query?: readonly QueryField<unknown>[]
  /** What its body may have; one without fields is not looked at unless it is given. */
  readonly body?: Shape
  readonly answer: (call: Call) => ControlAnswer | Promise<ControlAnswer>
}

/** A route whose body has these fields: it is checked by what is told of it. */
export function taking<S extends Shape>(
  body: S,
  answer: (call: Call, values: ValuesOf<S>) => ControlAnswer | Promise<ControlAnswer>,
): Pick<Route, 'body' | 'answer'> {
  return { body, answer: (call) => answer(call, bodyValues(call.request.body, body)) }
}
