import type { Unsupported } from '../../model/plan.ts'
import type { ScmExtra } from '../../model/ports/service-control.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { windowsAsked } from '../../model/windows-settings.ts'
import { commandLine, fileProblem, MAX_COMMAND_LINE } from '../windows-command-line.ts'
import { environmentLacks, guardLacks } from '../windows-lacks.ts'
import { accountOf } from './account.ts'
import { needOfGuard, serviceFor } from './by-itself.ts'
import { descriptorProblem } from './descriptor.ts'

/** CreateServiceW: lpDisplayName has at most 256 characters. */
const MAX_DISPLAY_NAME = 256
const MAX_DWORD = 0xffffffff
const NOT_ITS_OWN =
  'the Service Control Manager does not know it, and on Windows a guard cannot be told by a program of the SDK whether it is ready'
const OWN_WAY: Readonly<Record<string, string>> = {
  watchdog: '; a service that declares its watchdog in defineService watches itself',
}
const LONGEST = 'at most 49 days can be set'
/** Settings of `windows` that are extras of the same name. */
const WINDOWS_EXTRAS = [
  'serviceSid',
  'privileges',
  'securityDescriptor',
  'preshutdownTimeout',
] as const

/**
 * Every setting of a spec that this Service Control Manager, and the guard that it starts where it
 * cannot do something itself, cannot honour; with the reason.
 *
 * @param stead how stead is started, for a service that needs its guard
 */
export function unsupportedBy(
  spec: ServiceSpec,
  extras: ReadonlySet<ScmExtra>,
  stead: readonly string[],
): Unsupported[] {
  const found: Unsupported[] = []
  const refuse = (setting: string, reason: string): void => void found.push({ setting, reason })
  const need = needOfGuard(spec)

  if (need !== null && !need.protocol) {
    for (const setting of need.settings) refuse(setting, `${NOT_ITS_OWN}${OWN_WAY[setting] ?? ''}`)
  }
  commands(spec, serviceFor(spec, stead), refuse)
  texts(spec, refuse)
  found.push(...environmentLacks(spec))
  if (accountOf(spec.user, spec.name) === null) {
    refuse(
      'user',
      `use LocalService, NetworkService, LocalSystem, NT SERVICE\\${spec.name}, DOMAIN\\name, .\\name of this machine, or DOMAIN\\name$`,
    )
  }
  if (spec.group !== null) refuse('group', 'a Windows service has no group')
  for (const name of spec.dependsOn) {
    if (/^\+|[/\\]|^$/.test(name)) refuse('dependsOn', `${JSON.stringify(name)} is not a service`)
  }
  if (need?.protocol) found.push(...guardLacks(spec))
  else if (spec.limits.openFiles !== null) {
    refuse('limits.openFiles', 'Windows limits no open files of a process')
  }
  windows(spec, refuse)
  if (spec.harden !== 'off') refuse('harden', 'the presets are for systemd')
  const stops = serviceFor(spec, stead).stopTimeout
  if (stops > MAX_DWORD) refuse(spec.guard === null ? 'stopTimeout' : 'stop', LONGEST)
  found.push(...missing(spec, extras, need !== null))
  return found
}

type Refuse = (setting: string, reason: string) => void

/** The command line that the SCM has, which is the guard's where there is one, and the program's. */
function commands(spec: ServiceSpec, service: ServiceSpec, refuse: Refuse): void {
  const file = fileProblem(service.file)
  if (file !== null) refuse('file', file)
  else if (spec.file.includes('"')) refuse('file', 'a path of Windows has no quote in it')
  const lines = [commandLine(service.file, service.args), commandLine(spec.file, spec.args)]
  if (lines.some((line) => line.length > MAX_COMMAND_LINE)) {
    refuse('args', `a command line has at most ${MAX_COMMAND_LINE} characters`)
  }
}

function texts(spec: ServiceSpec, refuse: Refuse): void {
  for (const setting of ['displayName', 'description'] as const) {
    if (spec[setting]?.startsWith('@')) {
      refuse(setting, 'Windows takes a text that begins with "@" for the name of a resource')
    }
  }
  if (spec.displayName === '') refuse('displayName', 'it is empty')
  if ((spec.displayName?.length ?? 0) > MAX_DISPLAY_NAME) {
    refuse('displayName', `it has at most ${MAX_DISPLAY_NAME} characters`)
  }
}

function windows({ windows }: ServiceSpec, refuse: Refuse): void {
  const { securityDescriptor, preshutdownTimeout } = windows
  const problem = securityDescriptor === null ? null : descriptorProblem(securityDescriptor)
  if (problem !== null) refuse('windows.securityDescriptor', problem)
  if ((preshutdownTimeout ?? 0) > MAX_DWORD) {
    refuse('windows.preshutdownTimeout', LONGEST)
  }
}

/** What every Windows since Vista has, and Wine lacks. */
function missing(
  spec: ServiceSpec,
  extras: ReadonlySet<ScmExtra>,
  guarded: boolean,
): Unsupported[] {
  const reason = 'the Service Control Manager of this machine does not know it (Wine?)'
  const found: Unsupported[] = []
  if (
    !guarded &&
    spec.restart.when !== 'no' &&
    !(extras.has('failureActions') && extras.has('failureActionsOnCode'))
  ) {
    found.push({ setting: 'restart', reason })
  }
  if (spec.startType === 'delayed' && !extras.has('delayedStart')) {
    found.push({ setting: 'startType', reason })
  }
  const asked = windowsAsked(spec.windows)
  for (const extra of WINDOWS_EXTRAS) {
    const setting = `windows.${extra}`
    if (asked.includes(setting) && !extras.has(extra)) found.push({ setting, reason })
  }
  return found
}
