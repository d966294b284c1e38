import { constants } from 'node:os'
import { dirname, isAbsolute, relative } from 'node:path'
import { errorFrom, SteadError } from '../../errors.ts'
import { parseDuration } from '../../model/duration.ts'
import type { ApplyChange, GuardVerb, VerbResult } from '../../model/ports/guard-api.ts'
import { suggest } from '../../model/suggest.ts'
import { findGuardFile, readGuardFile } from '../compose-guard-home.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import {
  type Connected,
  nearestName,
  placeNames,
  untilGone,
  withGuardOf,
  withGuards,
} from '../guard-access.ts'
import type { Output } from '../output.ts'

export interface FileOptions extends CommonOptions {
  readonly file?: string
}

/** What a verb has made of a service, in words. */
export const DONE: Readonly<Record<GuardVerb, string>> = {
  start: 'is started',
  stop: 'is stopped',
  restart: 'is restarted',
  reload: 'is reloaded',
  pause: 'is paused',
  resume: 'is resumed',
  once: 'is started once',
  hold: 'is held',
}

/** A verb on services of guards; returns the exit code, and what was done to each. */
export async function actOnGuards(
  verb: GuardVerb,
  placed: readonly { readonly guard: Connected; readonly names: readonly string[] }[],
  options: {
    readonly rolling?: boolean
    readonly wait?: boolean
    readonly labels?: Record<string, string>
  },
  output: Output,
): Promise<{ readonly code: number; readonly results: readonly VerbResult[] }> {
  const { labels, ...how } = options
  const all = await Promise.all(
    placed.map(({ guard, names }) =>
      output.progress(
        `${verb} ${names.join(', ')}`,
        guard.client.act(verb, labels === undefined ? { names } : { names, labels }, how),
      ),
    ),
  )
  const results = all.flat()
  return { code: tell(results, DONE[verb], output), results }
}

function tell(results: readonly VerbResult[], done: string, output: Output): number {
  let code = 0
  for (const { id, error } of results) {
    if (error === null) {
      output.done(`${id} ${done}`)
      continue
    }
    const told = errorFrom(error)
    output.error(told)
    if (code === 0) code = told.exit
  }
  return code
}

/** `down`: stops everything of a stead.yaml in order, and ends its guard. */
export function down(options: FileOptions & { readonly keep?: boolean }): Promise<number> {
  return runVerb(options, (output) =>
    withGuardOf(options.file, options, async (client, { facts }) => {
      const keep = options.keep === true
      await output.progress(
        'stopping',
        client.shutdown({ keep }).then(() => untilGone(facts)),
      )
      // Who stands nowhere near its file is told which guard that was.
      const of = isNear(facts.file) ? '' : ` of ${facts.file}`
      if (output.json) output.object({ guard: facts, ended: true, kept: keep })
      else if (keep) output.done(`the guard${of} has ended; its programs go on`)
      else output.done(`everything${of} is stopped`)
      return 0
    }),
  )
}

function isNear(file: string | null): boolean {
  if (file === null) return true
  const way = relative(dirname(file), process.cwd())
  return !way.startsWith('..') && !isAbsolute(way)
}

export interface ApplyOptions extends FileOptions {
  readonly dryRun?: boolean
  readonly trial?: string
}

const ACTIONS: Readonly<Record<ApplyChange['action'], string>> = {
  add: 'is new: it starts',
  remove: 'is gone: it stops',
  restart: 'restarts',
  'in-place': 'changes in place',
  nothing: 'stays as it is',
}

/** `apply`: what a changed stead.yaml means for each service, and then does it. */
export function apply(options: ApplyOptions): Promise<number> {
  return runVerb(options, (output) =>
    withGuardOf(options.file, options, async (client, { facts }) => {
      const text = readGuardFile(facts.file ?? findGuardFile(options.file))
      const dryRun = options.dryRun === true
      const trial = trialOf(options.trial)
      const changes = await client.apply({ text, dryRun, trial })
      for (const { service, action, settings } of changes) {
        const what = settings.length === 0 ? '' : ` (${settings.join(', ')})`
        output.done(`${service} ${ACTIONS[action]}${what}`)
      }
      if (dryRun) output.done('nothing was changed: leave out --dry-run')
      const tried = dryRun || trial === null ? null : await awaitTrial(client, output)
      if (output.json)
        output.object({ dryRun, changes, ...(tried === null ? {} : { trial: tried }) })
      if (tried === null || tried.outcome === 'good') return 0
      const { version, reason } = tried
      throw new SteadError('CONFIG_ROLLED_BACK', { version, reason: reason ?? tried.outcome })
    }),
  )
}

function trialOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const trial = parseDuration(text)
  if (trial !== null) return trial
  const problem = `--trial is a time such as 30s, not ${JSON.stringify(text)}`
  throw new SteadError('USAGE', { problem, verb: 'apply' })
}

async function awaitTrial(client: Connected['client'], output: Output) {
  const { outcomeOf } = await import('./config-history.ts')
  const tried = await output.progress('on trial', outcomeOf(client))
  if (tried.outcome === 'good') output.done(`configuration ${tried.version} is good`)
  return tried
}

/** `scale NAME N`: to so many instances; those that stay are not touched. */
export function scale(name: string, count: string, options: CommonOptions): Promise<number> {
  return runVerb(options, (output) =>
    withService(name, options, async ({ client }) => {
      const results = await client.scale(name, countOf(count))
      if (output.json) output.object({ results })
      output.done(`${name} has ${count} instance${count === '1' ? '' : 's'}`)
      return tell([], '', output)
    }),
  )
}

/** `signal NAME SIGNAL`: sends a signal to the process, its group or its whole tree. */
export function signal(
  name: string,
  named: string,
  options: CommonOptions & { readonly to?: string },
): Promise<number> {
  return runVerb(options, (output) =>
    withService(name, options, async ({ client }) => {
      const to = targetOf(options.to)
      const results = await client.signal({ names: [name] }, signalName(named), to)
      if (output.json) output.object({ results })
      return tell(results, `got ${signalName(named)}`, output)
    }),
  )
}

/** `beat NAME`: a heartbeat, for programs that have no other way to send one. */
export function beat(name: string, options: CommonOptions): Promise<number> {
  return runVerb(options, () =>
    withService(name, options, async ({ client }) => {
      await client.beat(name)
      return 0
    }),
  )
}

/** The one guard that has a service of this name. @throws NOT_INSTALLED */
export function withService<T>(
  name: string,
  options: CommonOptions,
  use: (guard: Connected) => Promise<T>,
): Promise<T> {
  return withGuards(options, async (guards) => {
    const { guards: placed } = await placeNames([name], guards)
    const [found] = placed
    if (found === undefined) {
      const near = await nearestName(name, guards)
      throw new SteadError('NOT_INSTALLED', { name, manager: 'no running guard', near })
    }
    return use(found.guard)
  })
}

/** @throws USAGE */
export function countOf(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 1_000) return count
  throw new SteadError('USAGE', {
    problem: `${JSON.stringify(text)} is not a number of instances from 1 to 1000`,
    verb: 'scale',
  })
}

function targetOf(to = 'leader'): 'leader' | 'group' | 'tree' {
  if (to === 'leader' || to === 'group' || to === 'tree') return to
  throw new SteadError('USAGE', {
    problem: `--to is leader, group or tree, not ${JSON.stringify(to)}`,
    verb: 'signal',
  })
}

/** @throws USAGE for what is no signal of this system */
export function signalName(text: string): string {
  const upper = text.toUpperCase()
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`
  if (Object.hasOwn(constants.signals, name)) return name
  const near = suggest(name, Object.keys(constants.signals))
  const problem = `${JSON.stringify(text)} is not a signal${near === null ? '' : `; did you mean ${near}?`}`
  throw new SteadError('USAGE', { problem, verb: 'signal' })
}
