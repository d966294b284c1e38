import type { ServiceSpec } from '../../model/service-spec.ts'
import { SPEC_DEFAULTS } from '../../model/service-spec.ts'
import { WINDOWS_PROGRAM_DEFAULTS, windowsAsked } from '../../model/windows-settings.ts'
import { serviceOfGuard } from '../guard-unit.ts'
import { restartProblems } from './failure-actions.ts'

/** What a guard of its own is needed for; all of it is honoured by the SCM where there is nothing. */
export interface NeedOfGuard {
  /** The program does not speak the SCM's protocol, so somebody has to who does. */
  readonly protocol: boolean
  /** The settings that the SCM does not know, by the names that they have in a file. */
  readonly settings: readonly string[]
}

/** Settings of a spec for which `stead run NAME` stays resident; null for a service without one. */
export function needOfGuard(spec: ServiceSpec): NeedOfGuard | null {
  const protocol = spec.protocol === 'none'
  const { priority, affinity, killOnClose } = { ...WINDOWS_PROGRAM_DEFAULTS, ...spec.windows }
  const settings = [
    ...restartProblems(spec.restart).map(({ setting }) => setting),
    ...(['memory', 'cpu', 'processes'] as const)
      .filter((limit) => spec.limits[limit] !== null)
      .map((limit) => `limits.${limit}`),
    ...(spec.killMode === SPEC_DEFAULTS.killMode ? [] : ['killMode']),
    ...(spec.watchdog === null ? [] : ['watchdog']),
    ...windowsAsked({ priority, affinity, killOnClose }),
    ...(spec.guard?.asked ?? []),
  ]
  const named = settings.filter((setting, at) => settings.indexOf(setting) === at)
  return protocol || named.length > 0 ? { protocol, settings: named } : null
}

/**
 * The service that the SCM gets to see: the one asked for, or its guard, which runs under the
 * account of the service, as on Windows nobody becomes another user without a password.
 *
 * @param stead how stead is started: node, its options, and the file of the command
 */
export function serviceFor(spec: ServiceSpec, stead: readonly string[]): ServiceSpec {
  if (needOfGuard(spec) === null) return spec
  return { ...serviceOfGuard(spec, stead, 'system'), user: spec.user }
}
