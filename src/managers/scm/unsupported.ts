import type { Unsupported } from '../../model/plan.ts'
import type { ScmExtra } from '../../model/ports/service-control.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { SPEC_DEFAULTS } from '../../model/service-spec.ts'
import { windowsAsked } from '../../model/windows-settings.ts'
import { accountOf } from './account.ts'
import { commandLine, fileProblem, MAX_COMMAND_LINE } from './command-line.ts'
import { restartProblems } from './failure-actions.ts'

/** CreateServiceW: lpDisplayName has at most 256 characters. */
const MAX_DISPLAY_NAME = 256
/** SetEnvironmentVariableW: a value has at most 32,767 characters, with the NUL at the end. */
const MAX_VARIABLE = 32_766
const MAX_DWORD = 0xffffffff

/** Every setting of a spec that this Service Control Manager cannot honour, with the reason. */
export function unsupportedBy(spec: ServiceSpec, extras: ReadonlySet<ScmExtra>): Unsupported[] {
  const found: Unsupported[] = []
  const refuse = (setting: string, reason: string): void => void found.push({ setting, reason })

  if (spec.protocol === 'none') {
    refuse(
      'protocol',
      "Windows starts only programs that speak its service protocol, such as those built with stead's SDK; stead does not yet bring a guard that speaks it for others",
    )
  }
  for (const setting of spec.guard?.asked ?? []) {
    refuse(
      setting,
      'the Service Control Manager does not know it, and stead does not yet bring its guard there',
    )
  }
  const file = fileProblem(spec.file)
  if (file !== null) refuse('file', file)
  if (commandLine(spec.file, spec.args).length > MAX_COMMAND_LINE) {
    refuse('args', `a command line has at most ${MAX_COMMAND_LINE} characters`)
  }
  texts(spec, refuse)
  environment(spec, refuse)
  if (accountOf(spec.user, spec.name) === null) {
    refuse(
      'user',
      `use LocalService, NetworkService, LocalSystem or NT SERVICE\\${spec.name}; an account with a password is not supported yet`,
    )
  }
  if (spec.group !== null) refuse('group', 'a Windows service has no group')
  for (const name of spec.dependsOn) {
    if (/^\+|[/\\]|^$/.test(name)) refuse('dependsOn', `${JSON.stringify(name)} is not a service`)
  }
  for (const limit of ['memory', 'cpu', 'openFiles', 'processes'] as const) {
    if (spec.limits[limit] !== null) {
      refuse(`limits.${limit}`, 'the Service Control Manager limits nothing')
    }
  }
  if (spec.killMode !== SPEC_DEFAULTS.killMode) {
    refuse(
      'killMode',
      'the Service Control Manager ends no processes: the service is asked to stop',
    )
  }
  if (spec.watchdog !== null) {
    refuse(
      'watchdog',
      'the Service Control Manager watches no heartbeat; a service that declares its watchdog in defineService watches itself',
    )
  }
  windows(spec, refuse)
  if (spec.harden !== 'off') refuse('harden', 'the presets are for systemd')
  if (spec.stopTimeout > MAX_DWORD) refuse('stopTimeout', 'at most 49 days can be set')
  found.push(...restartProblems(spec.restart), ...missing(spec, extras))
  return found
}

type Refuse = (setting: string, reason: string) => void

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

function windows({ windows, protocol, guard }: ServiceSpec, refuse: Refuse): void {
  for (const setting of ['serviceSid', 'privileges', 'securityDescriptor'] as const) {
    const asked = windows[setting]
    if (asked !== null && asked !== 'none')
      refuse(`windows.${setting}`, 'stead does not set it yet')
  }
  if (protocol === 'none' || guard !== null) return
  const { priority, affinity, killOnClose } = windows
  for (const setting of windowsAsked({ priority, affinity, killOnClose })) {
    refuse(setting, 'only a guard gives it to a program, and a service of the SDK has none')
  }
}

function environment(spec: ServiceSpec, refuse: Refuse): void {
  const seen = new Map<string, string>()
  for (const [name, value] of Object.entries(spec.env)) {
    const other = seen.get(name.toUpperCase())
    if (other !== undefined) {
      refuse(`env.${name}`, `Windows ignores the case of names, and ${other} is there`)
    }
    seen.set(name.toUpperCase(), name)
    if (value.length > MAX_VARIABLE) {
      refuse(`env.${name}`, `a variable has at most ${MAX_VARIABLE} characters`)
    }
  }
}

/** What every Windows since Vista has, and Wine lacks. */
function missing(spec: ServiceSpec, extras: ReadonlySet<ScmExtra>): Unsupported[] {
  const reason = 'the Service Control Manager of this machine does not know it (Wine?)'
  const found: Unsupported[] = []
  if (
    spec.restart.when !== 'no' &&
    !(extras.has('failureActions') && extras.has('failureActionsOnCode'))
  ) {
    found.push({ setting: 'restart', reason })
  }
  if (spec.startType === 'delayed' && !extras.has('delayedStart')) {
    found.push({ setting: 'startType', reason })
  }
  return found
}
