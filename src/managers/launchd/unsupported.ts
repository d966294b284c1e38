import type { Unsupported } from '../../model/plan.ts'
import type { Scope, ServiceSpec } from '../../model/service-spec.ts'
import { windowsAsked } from '../../model/windows-settings.ts'
import { xmlProblem } from './plist.ts'

/** Settings of the spec that launchd cannot honour, each with the reason. */
export function unsupportedSettings(spec: ServiceSpec, scope: Scope): Unsupported[] {
  return [...unfitTexts(spec), ...unknownSettings(spec, scope)]
}

function unfitTexts(spec: ServiceSpec): Unsupported[] {
  const texts: [string, string | null][] = [
    ['command', spec.file],
    ...spec.args.map((value, index): [string, string] => [`args[${index}]`, value]),
    ...Object.entries(spec.env).map(([name, value]): [string, string] => [
      `env.${name}`,
      `${name}${value}`,
    ]),
    ['cwd', spec.cwd],
    ['configFile', spec.configFile],
    ['remote', spec.remote],
    ['user', spec.user],
    ['group', spec.group],
  ]
  return texts.flatMap(([setting, text]) => {
    const reason = text === null ? null : xmlProblem(text)
    return reason === null ? [] : [{ setting, reason }]
  })
}

function unknownSettings(spec: ServiceSpec, scope: Scope): Unsupported[] {
  const { limits } = spec
  const found: Unsupported[] = (spec.guard?.asked ?? []).map((setting) => ({
    setting,
    reason: 'launchd does not know it, and stead does not yet bring its guard there',
  }))
  const refuse = (setting: string, asked: boolean, reason: string): void => {
    if (asked) found.push({ setting, reason })
  }
  refuse(
    'envFile',
    spec.envFile !== null,
    'launchd reads no such file, and its values would have to stand in the plist for everybody to read',
  )
  refuse('user', scope === 'user' && spec.user !== null, 'an agent runs as the user whose it is')
  refuse('group', scope === 'user' && spec.group !== null, 'an agent runs as the user whose it is')
  refuse(
    'startType',
    spec.startType === 'delayed',
    'launchd starts everything at once at boot and knows no delay',
  )
  refuse(
    'dependsOn',
    spec.dependsOn.length > 0,
    'launchd knows no order between jobs; a program has to wait for what it needs by itself',
  )
  refuse(
    'killMode',
    spec.killMode === 'control-group',
    'launchd sends SIGTERM to the main process only; mixed ends what is left of its process group',
  )
  refuse(
    'killMode',
    spec.killMode === 'none',
    'launchd always ends the main process, with SIGKILL when its time is over',
  )
  refuse('watchdog', spec.watchdog !== null, 'launchd takes no heartbeats')
  refuse(
    'limits.memory',
    limits.memory !== null,
    'the only limit that launchd could set, RLIMIT_RSS, is not enforced by macOS',
  )
  refuse('limits.cpu', limits.cpu !== null, 'launchd limits seconds of CPU time, not a share of it')
  refuse(
    'limits.processes',
    limits.processes !== null,
    "launchd's NumberOfProcesses counts all processes of the user, not those of the service",
  )
  for (const setting of windowsAsked(spec.windows)) refuse(setting, true, 'only Windows has it')
  refuse('harden', spec.harden !== 'off', 'the presets are made of restrictions that systemd has')
  return found
}
