import type { Unsupported } from '../../model/plan.ts'
import type { Scope, ServiceSpec } from '../../model/service-spec.ts'
import { windowsAsked } from '../../model/windows-settings.ts'
import { settingsForGuard } from './by-itself.ts'
import {
  argumentProblem,
  environmentProblem,
  executableProblem,
  type Problem,
  pathProblem,
  plainTextProblem,
} from './quoting.ts'

/**
 * Longest single argument or variable that the kernel passes to a program: MAX_ARG_STRLEN, 32 pages,
 * with its final NUL; execve(2).
 */
const MAX_STRING = 131_072 - 1

/** systemd refuses a line of a unit that is longer than 1 MiB (LONG_LINE_MAX); half is left for quoting. */
const MAX_COMMAND = 500_000

/** Settings of the spec that systemd cannot honour, each with the reason. */
export function unsupportedSettings(spec: ServiceSpec, scope: Scope): Unsupported[] {
  const found: Unsupported[] = []
  const check = (setting: string, problem: Problem): void => {
    if (problem !== null) found.push({ setting, reason: problem })
  }
  check('command', executableProblem(spec.file))
  for (const [index, argument] of spec.args.entries()) {
    check(`args[${index}]`, argumentProblem(argument) ?? lengthProblem(argument))
  }
  const total = [spec.file, ...spec.args].reduce((sum, word) => sum + bytes(word), 0)
  if (total > MAX_COMMAND)
    check('args', `the command line has ${total} bytes, at most ${MAX_COMMAND} fit`)
  for (const [name, value] of Object.entries(spec.env)) {
    check(`env.${name}`, environmentProblem(name, value) ?? lengthProblem(`${name}=${value}`))
  }
  for (const setting of ['displayName', 'description'] as const) {
    const text = spec[setting]
    if (text !== null) check(setting, plainTextProblem(text))
  }
  for (const setting of ['cwd', 'envFile'] as const) {
    const path = spec[setting]
    if (path !== null) check(setting, pathProblem(path))
  }
  if (spec.configFile !== null) {
    check('configFile', environmentProblem('STEAD_CONFIG', spec.configFile))
  }
  if (spec.remote !== null) check('remote', environmentProblem('STEAD_REMOTE', spec.remote))
  for (const setting of windowsAsked(spec.windows)) check(setting, 'only Windows has it')
  for (const [setting, reason] of besideGuard(spec)) check(setting, reason)
  if (settingsForGuard(spec).length === 0 && spec.protocol === 'none' && spec.watchdog !== null) {
    check('watchdog', 'only a program that is built with the SDK sends the heartbeats it waits for')
  }
  if (scope === 'user') for (const [setting, reason] of ofUserScope(spec)) check(setting, reason)
  return found
}

/** What a service that its guard keeps cannot have. */
function besideGuard(spec: ServiceSpec): [string, string][] {
  const needs = settingsForGuard(spec)
  if (needs.length === 0) return []
  const { watchdog, killMode, harden } = spec
  const found: [string, string][] = []
  const why = `it needs a guard for ${needs.join(', ')}`
  if (watchdog !== null) found.push(['watchdog', `${why}, which takes heartbeat instead`])
  if (killMode === 'process' || killMode === 'none')
    found.push(['killMode', `${why}, which leaves nothing of a program behind`])
  if (harden !== 'off')
    found.push(['harden', `${why}, and under the restrictions the guard could not do its work`])
  return found
}

function ofUserScope(spec: ServiceSpec): [string, string][] {
  const found: [string, string][] = []
  const reason = "a user's systemd runs every service as that user"
  if (spec.user !== null) found.push(['user', reason])
  if (spec.group !== null) found.push(['group', reason])
  if (spec.harden !== 'off') {
    found.push([
      'harden',
      "most of a preset needs rights that a user's systemd does not have; use scope system with --user",
    ])
  }
  return found
}

function lengthProblem(text: string): Problem {
  const size = bytes(text)
  return size > MAX_STRING
    ? `it has ${size} bytes, and the kernel passes at most ${MAX_STRING}`
    : null
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length
}
