import type { Plan, PlannedStep } from '../../model/plan.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import type { Context } from './context.ts'
import { unitPath } from './context.ts'
import { notesOn } from './notes.ts'
import { renderUnit } from './render-unit.ts'
import { unsupportedSettings } from './unsupported.ts'

/** Unit files hold no secret, and every user may ask systemd for what they say. */
const UNIT_MODE = 0o644

/** True where the service starts with the machine, or with its user. */
export function startsByItself({ startType }: ServiceSpec): boolean {
  return startType === 'auto' || startType === 'delayed'
}

/** Everything that an installation will do. Reads nothing and changes nothing. */
export function planOf(context: Context, spec: ServiceSpec): Plan {
  const { scope, home, stead } = context
  const unsupported = unsupportedSettings(spec, scope)
  return {
    manager: 'systemd',
    scope,
    spec,
    files: [
      {
        path: unitPath(context, spec.name),
        mode: UNIT_MODE,
        text: renderUnit(spec, scope, home, stead),
      },
    ],
    steps: stepsOf(context, spec),
    unsupported,
    notes: notesOn(spec, scope),
  }
}

function stepsOf({ scope, accounts }: Context, spec: ServiceSpec): PlannedStep[] {
  const select = scope === 'user' ? ['--user'] : []
  const command = (file: string, args: readonly string[], purpose: string): PlannedStep => ({
    kind: 'command',
    file,
    args,
    purpose,
  })
  const unit = `${spec.name}.service`
  const steps = [command('systemctl', [...select, 'daemon-reload'], 'systemd reads the unit')]
  if (!startsByItself(spec)) {
    return [
      ...steps,
      command('systemctl', [...select, 'disable', unit], 'it does not start by itself'),
    ]
  }
  steps.push(command('systemctl', [...select, 'enable', unit], 'it starts by itself'))
  if (scope === 'user') {
    const user = accounts.self().name
    steps.push(command('loginctl', ['enable-linger', user], 'it starts at boot, without a login'))
  }
  return steps
}
