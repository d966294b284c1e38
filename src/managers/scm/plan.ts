import type { Home } from '../../model/home.ts'
import type { Plan, PlannedStep } from '../../model/plan.ts'
import type { ScmExtra } from '../../model/ports/service-control.ts'
import { SCM_RECORD_KEY, SCM_RECORD_VALUE } from '../../model/scm-record.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { definitionOf, type ScmDefinition } from './definition.ts'
import { restartNote } from './failure-actions.ts'
import { unsupportedBy } from './unsupported.ts'

/** What installing a service means, as the calls that make it so. */
export function planFor(spec: ServiceSpec, home: Home, extras: ReadonlySet<ScmExtra>): Plan {
  return {
    manager: 'scm',
    scope: 'system',
    spec,
    files: [],
    steps: stepsOf(spec.name, definitionOf(spec, home), extras),
    unsupported: unsupportedBy(spec, extras),
    notes: notesOf(spec, definitionOf(spec, home)),
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
  return [
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
      .filter((extra) => known.has(extra))
      .map((extra) =>
        call('ChangeServiceConfig2W', { name, [extra]: extras[extra] }, PURPOSES[extra]),
      ),
  ]
}

const PURPOSES: Readonly<Record<ScmExtra, string>> = {
  description: 'describe it',
  delayedStart: 'say whether it starts after the rest of the boot',
  failureActions: 'say what follows a failure',
  failureActionsOnCode: 'count an end with a code other than 0 as a failure',
  preshutdownTimeout: 'give it time when the machine goes down',
}

function notesOf(spec: ServiceSpec, { config, record }: ScmDefinition): string[] {
  const notes = [
    `it runs as ${config.account}, which must be able to read ${spec.file} and the program's files, and to write ${record.logFile}`,
    'processes that the service starts are ended by the service itself and by nobody else',
  ]
  const restart = restartNote(spec.restart)
  if (restart !== null) notes.push(restart)
  if (Object.keys(spec.env).length > 0) {
    notes.push(
      'every user of the machine can read the environment in the registry; keep secrets in envFile',
    )
  }
  return notes
}
