import type { Home } from '../../model/home.ts'
import type { Plan, PlannedStep } from '../../model/plan.ts'
import type { ScmExtra } from '../../model/ports/service-control.ts'
import { SCM_RECORD_KEY, SCM_RECORD_VALUE } from '../../model/scm-record.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { definitionOf, type ScmDefinition } from './definition.ts'
import { needsLogonRight } from './logon-right.ts'
import { notesOn } from './notes.ts'
import { unsupportedBy } from './unsupported.ts'

/** Where a service is installed. */
export interface PlanRoom {
  readonly home: Home
  /** What this Service Control Manager knows. */
  readonly extras: ReadonlySet<ScmExtra>
  /** How stead is started, for a service that needs its guard. */
  readonly stead: readonly string[]
}

/** What installing a service means, as the calls that make it so. */
export function planFor(spec: ServiceSpec, { home, extras, stead }: PlanRoom): Plan {
  const definition = definitionOf(spec, home, stead)
  return {
    manager: 'scm',
    scope: 'system',
    spec,
    files: [],
    steps: stepsOf(spec.name, definition, extras),
    unsupported: unsupportedBy(spec, extras, stead),
    notes: notesOn(spec, definition, extras),
  }
}

function stepsOf(
  name: string,
  { config, extras, environment, record }: ScmDefinition,
  known: ReadonlySet<ScmExtra>,
): PlannedStep[] {
  const call = (
    api: string,
    values: Readonly<Record<string, unknown>>,
    purpose: string,
  ): PlannedStep => ({ kind: 'call', api, values, purpose })
  const key = `HKLM\\SYSTEM\\CurrentControlSet\\Services\\${name}`
  const { account } = config
  const logon = call(
    'LsaAddAccountRights',
    { account, right: 'SeServiceLogonRight' },
    'let its account log on as a service, where it may not yet',
  )
  return [
    ...(needsLogonRight(account) ? [logon] : []),
    call(
      'CreateServiceW',
      { name, ...config },
      'create the service, or change the one that is there',
    ),
    call(
      'RegSetValueExW',
      { key: `${key}\\${SCM_RECORD_KEY}`, value: SCM_RECORD_VALUE, type: 'REG_SZ', data: record },
      'mark it as installed by stead, with what the service reads when it starts',
    ),
    call(
      'RegSetValueExW',
      { key, value: 'Environment', type: 'REG_MULTI_SZ', data: environment },
      'give it its environment',
    ),
    ...(Object.keys(PURPOSES) as ScmExtra[])
      .filter((extra) => known.has(extra) && extras[extra] !== null)
      .map((extra) => call(CALLS[extra] ?? SET, { name, [extra]: extras[extra] }, PURPOSES[extra])),
  ]
}

const SET = 'ChangeServiceConfig2W'
const CALLS: Readonly<Partial<Record<ScmExtra, string>>> = {
  securityDescriptor: 'SetServiceObjectSecurity',
}

const PURPOSES: Readonly<Record<ScmExtra, string>> = {
  description: 'describe it',
  delayedStart: 'say whether it starts after the rest of the boot',
  failureActions: 'say what follows a failure',
  failureActionsOnCode: 'count an end with a code other than 0 as a failure',
  preshutdownTimeout: 'give it time when the machine goes down',
  serviceSid: 'say whether its process has the SID of the service',
  privileges: 'say which privileges its process keeps',
  securityDescriptor: 'say who may do what with it',
}
