import { SteadError } from '../errors.ts'
import { serviceName } from '../model/service-name.ts'
import type { Scope } from '../model/service-spec.ts'
import type { ManagerKind } from '../model/service-status.ts'
import { composeManager, type Workshop } from './compose-manager.ts'
import { exitCodeFor, makeOutput, type Output, type OutputOptions } from './output.ts'

/** Options that every verb takes. */
export interface CommonOptions extends OutputOptions {
  readonly scope?: string
  readonly manager?: string
  readonly home?: string
}

const SCOPES: readonly string[] = ['system', 'user'] satisfies Scope[]
const MANAGERS: readonly string[] = ['systemd', 'launchd', 'scm', 'run-key'] satisfies ManagerKind[]

/** The manager that the options ask for. @throws USAGE */
export function workshopFor({ scope = 'system', manager, home }: CommonOptions): Promise<Workshop> {
  if (!SCOPES.includes(scope)) {
    throw new SteadError('USAGE', {
      problem: `--scope is ${SCOPES.join(' or ')}, not ${JSON.stringify(scope)}`,
    })
  }
  if (manager !== undefined && !MANAGERS.includes(manager)) {
    throw new SteadError('USAGE', {
      problem: `--manager is ${MANAGERS.join(', ')}, not ${JSON.stringify(manager)}`,
    })
  }
  return composeManager({
    scope: scope as Scope,
    manager: (manager ?? null) as ManagerKind | null,
    home: home ?? null,
  })
}

/** Runs a verb: its exit code, or that of the error it ended with. */
export async function runVerb(
  options: CommonOptions,
  verb: (output: Output) => Promise<number>,
): Promise<number> {
  const output = makeOutput(options)
  try {
    return await verb(output)
  } catch (error) {
    output.error(error)
    return exitCodeFor(error)
  }
}

/** Every name is checked before anything is done for the first. @throws NAME_INVALID */
export function checkNames(names: readonly string[]): void {
  for (const name of names) serviceName(name)
}

/**
 * Does the same for several services at once. Every one is tried; what failed is told for each, and the
 * exit code is that of the first failure.
 */
export async function forEachName(
  names: readonly string[],
  output: Output,
  action: (name: string) => Promise<string>,
): Promise<number> {
  const results = await Promise.allSettled(names.map(action))
  let code = 0
  const told: Record<string, unknown>[] = []
  results.forEach((result, index) => {
    if (result.status === 'fulfilled') {
      output.done(result.value)
      told.push({ name: names[index], done: result.value })
      return
    }
    output.error(result.reason)
    if (code === 0) code = exitCodeFor(result.reason)
  })
  if (output.json && told.length > 0) output.object({ services: told })
  return code
}
