import type { Command } from 'commander'
import { SteadError } from '../../errors.ts'
import type { Scope } from '../../model/service-spec.ts'
import { bashScript } from '../completion/bash.ts'
import { fishScript } from '../completion/fish.ts'
import { verbWords } from '../completion/line-words.ts'
import { zshScript } from '../completion/zsh.ts'
import type { GuardHomeOptions } from '../compose-guard-home.ts'
import { composeManager } from '../compose-manager.ts'
import { placeNames, statusesOf, withGuards } from '../guard-access.ts'
import { exitCodeFor, makeOutput } from '../output.ts'

export interface NamesOptions extends GuardHomeOptions {
  readonly services?: boolean
  readonly parameters?: string
}

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const

/** `completion SHELL`: a script that the shell sources. */
export function completion(shell: string, program: Command): number {
  const output = makeOutput({})
  if (shell === 'bash' || shell === 'zsh' || shell === 'fish') {
    output.answer(SCRIPTS[shell](verbWords(program)))
    return 0
  }
  const error = new SteadError('USAGE', {
    problem: `completion is for bash, zsh or fish, not ${JSON.stringify(shell)}`,
  })
  output.error(error)
  return exitCodeFor(error)
}

/**
 * `names`: what a shell offers as the name of a service: those that records are kept of, and of running
 * guards services, instances and groups; with `services` the services of guards alone; with
 * `parameters` what can be set of one of them, as it is written. Asks no manager, and tells no errors:
 * nobody reads them behind a key.
 */
export async function names(options: NamesOptions): Promise<number> {
  const output = makeOutput({})
  if (options.parameters !== undefined) {
    for (const name of await parameterNames(options.parameters, options)) output.line(`${name}=`)
    return 0
  }
  const found = await guardNames(options)
  const all =
    options.services === true ? found.services : [...found.names, ...(await recorded(options))]
  for (const name of new Set(all)) output.line(name)
  return 0
}

async function recorded({ scope, home }: GuardHomeOptions): Promise<readonly string[]> {
  const scopes: readonly Scope[] =
    scope === 'system' || scope === 'user' ? [scope] : ['system', 'user']
  const found = scopes.map(async (one) => {
    const made = await composeManager({ scope: one, manager: null, home: home ?? null })
    return made.files.names(made.home.specs)
  })
  const files = (await Promise.all(found.map((one) => one.catch(() => [])))).flat()
  return files.flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []))
}

async function parameterNames(
  service: string,
  options: GuardHomeOptions,
): Promise<readonly string[]> {
  const of = withGuards(options, async (guards) => {
    const { guards: placed } = await placeNames([service], guards)
    const all = placed.map(({ guard }) => guard.client.parameters(service))
    return (await Promise.all(all)).flat().map(({ name }) => name)
  })
  return of.catch(() => [])
}

async function guardNames(options: GuardHomeOptions): Promise<{
  readonly names: readonly string[]
  readonly services: readonly string[]
}> {
  const of = withGuards(options, async (guards) => {
    const all = await Promise.all(
      guards.map(async ({ client }) => ({
        statuses: (await statusesOf(client, [])) ?? [],
        groups: await client.groups().catch(() => []),
      })),
    )
    const statuses = all.flatMap((one) => one.statuses)
    const services = statuses.map(({ service }) => service)
    const groups = all.flatMap((one) => one.groups.map(({ name }) => name))
    return { names: [...services, ...statuses.map(({ id }) => id), ...groups], services }
  })
  return of.catch(() => ({ names: [], services: [] }))
}
