import type * as z from 'zod'
import { SteadError } from '../errors.ts'
import { completeSpec, type ServiceSpec } from '../model/service-spec.ts'
import { suggest } from '../model/suggest.ts'
import { guardSettingsOf, plainRestartOf } from './guard-settings.ts'
import { namesAt } from './schema-names.ts'
import { type ServiceSettings, specSchema } from './spec-schema.ts'
import { windowsServiceOf } from './windows-schema.ts'

/** Where a setting stands in its file, as `file:line:column` and the line itself; null where nothing tells. */
export type Locate = (path: readonly PropertyKey[]) => { at: string; line: string } | null

/**
 * Checks a description as a user wrote it, and completes it.
 *
 * @param source what to call it in a message: a file's name, or "the command line"
 * @throws SPEC_INVALID with every problem at once; NAME_INVALID where the name is the only one
 */
export function parseSpec(raw: unknown, source: string, locate: Locate = () => null): ServiceSpec {
  const parsed = specSchema.safeParse(raw)
  const problems = parsed.success
    ? relations(parsed.data)
    : parsed.error.issues.flatMap(describeIssue)
  if (!parsed.success && problems.length === 1 && problems[0]?.path.join('.') === 'name') {
    const { name } = raw as { name?: unknown }
    if (typeof name === 'string')
      throw new SteadError('NAME_INVALID', { name, reason: problems[0].message })
  }
  if (!parsed.success || problems.length > 0) {
    throw new SteadError('SPEC_INVALID', {
      source,
      problems: problems.map((problem) => describeProblem(problem, locate)),
    })
  }
  return toSpec(parsed.data)
}

interface Problem {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

type Parsed = ServiceSettings

function toSpec(parsed: Parsed): ServiceSpec {
  const { command, config, limits } = parsed
  const {
    ready: _ready,
    health: _health,
    heartbeat: _heartbeat,
    needs: _needs,
    needsTimeout: _needsTimeout,
    startSeconds: _startSeconds,
    stop: _stop,
    reload: _reload,
    reloadOn: _reloadOn,
    restartAt: _restartAt,
    cgroup: _cgroup,
    log: _log,
    config: _config,
    command: _command,
    ...plain
  } = parsed
  const [file, ...args] = command
  return completeSpec({
    ...plain,
    file,
    args,
    configFile: config ?? null,
    restart: plainRestartOf(parsed),
    limits: {
      memory: limits?.memory ?? null,
      cpu: limits?.cpu ?? null,
      openFiles: limits?.openFiles ?? null,
      processes: limits?.processes ?? null,
    },
    windows: windowsServiceOf(parsed.windows),
    guard: guardSettingsOf(parsed),
  })
}

/** What a setting alone cannot show. */
function relations({ name, dependsOn = [], stop, stopTimeout }: Parsed): Problem[] {
  const problems: Problem[] = []
  if (stop !== undefined && stopTimeout !== undefined)
    problems.push({ path: ['stopTimeout'], message: 'the steps of stop have times of their own' })
  dependsOn.forEach((other, index) => {
    if (other === name)
      problems.push({ path: ['dependsOn', index], message: 'a service cannot wait for itself' })
    if (dependsOn.indexOf(other) < index)
      problems.push({ path: ['dependsOn', index], message: `${other} is named twice` })
  })
  return problems
}

function describeIssue(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = suggest(key, namesAt(specSchema, issue.path))
      const hint = near === null ? '' : `; did you mean ${near}?`
      return { path: [...issue.path, key], message: `there is no such setting${hint}` }
    })
  }
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.map((errors) =>
      errors.map((e) => ({ ...e, path: [...issue.path, ...e.path] })),
    )
    const meant = branches.reduce((best, one) => (depthOf(one) > depthOf(best) ? one : best), [])
    if (meant.length > 0) return meant.flatMap((inner) => describeIssue(inner as z.core.$ZodIssue))
  }
  if (issue.code === 'invalid_type' && issue.message.includes('undefined')) {
    return [{ path: issue.path, message: 'it is missing' }]
  }
  return [{ path: issue.path, message: issue.message.replace(/^Invalid (input|option): /, '') }]
}

/** How far a branch of a union got before it failed: the furthest is the one that was meant. */
function depthOf(issues: readonly { code: string; path: readonly PropertyKey[] }[]): number {
  const depths = issues.map(({ code, path }) => {
    const ofAnotherKind = code === 'invalid_type' || code === 'invalid_value'
    return path.length + (ofAnotherKind ? 0 : 0.5)
  })
  return Math.max(-1, ...depths)
}

function describeProblem({ path, message }: Problem, locate: Locate): string {
  const setting = path.map(String).join('.')
  const place = locate(path)
  const text = `${setting === '' ? 'the description' : setting}: ${message}`
  return place === null ? text : `${place.at}: ${text} (${place.line.trim()})`
}
