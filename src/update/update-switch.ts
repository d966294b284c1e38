import { SteadError } from '../errors.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { UPDATE_SWITCH } from '../model/update-switch.ts'

/** @throws UPDATE_UNSUPPORTED where whoever installed the service wants it to stay as it is */
export function requireSwitchedOn({ name, env }: Pick<ServiceSpec, 'name' | 'env'>): void {
  const value = env[UPDATE_SWITCH] ?? '1'
  // A value that nobody knows is no permission.
  if (value === '1') return
  throw new SteadError('UPDATE_UNSUPPORTED', {
    name,
    reason: `updates were switched off when it was installed (${UPDATE_SWITCH}=${value})`,
    remedy:
      'an administrator allows them by its installer, with ENABLE_UPDATE=1 (MSI) or /ENABLE_UPDATE=1 (setup program), or installs the new version over it',
  })
}
