/** What neither Windows nor a guard there has for a program, whoever starts the guard. */
import { posixLacks } from '../config/posix-only.ts'
import { signalProblems } from '../config/windows-stop.ts'
import type { Home } from '../model/home.ts'
import type { Unsupported } from '../model/plan.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { programOf } from './guard-unit.ts'

/** SetEnvironmentVariableW: a value has at most 32,767 characters, with the NUL at the end. */
const MAX_VARIABLE = 32_766
/** What a program asks for does not depend on where stead keeps its things. */
const NOWHERE: Home = { root: null, specs: '', state: '', run: '', logs: '' }

/** What no guard on Windows can give its program; the account is that of the guard. */
export function guardLacks(spec: ServiceSpec): Unsupported[] {
  const program = programOf({ ...spec, user: null, group: null }, NOWHERE, 'C:\\')
  const found = posixLacks(program).map(({ setting, remedy }) => ({
    setting,
    reason: `a guard on Windows has it not; ${remedy}`,
  }))
  for (const { path, message } of signalProblems([program], true)) {
    found.push({ setting: path.slice(2).join('.'), reason: message })
  }
  if (spec.killMode === 'process' || spec.killMode === 'none') {
    const reason = 'the guard that keeps the program leaves nothing of it behind'
    found.push({ setting: 'killMode', reason })
  }
  return found
}

/** Variables that no process of Windows can have. */
export function environmentLacks({ env }: ServiceSpec): Unsupported[] {
  const found: Unsupported[] = []
  const seen = new Map<string, string>()
  for (const [name, value] of Object.entries(env)) {
    const other = seen.get(name.toUpperCase())
    if (other !== undefined) {
      const reason = `Windows ignores the case of names, and ${other} is there`
      found.push({ setting: `env.${name}`, reason })
    }
    seen.set(name.toUpperCase(), name)
    if (value.length > MAX_VARIABLE) {
      const reason = `a variable has at most ${MAX_VARIABLE} characters`
      found.push({ setting: `env.${name}`, reason })
    }
  }
  return found
}
