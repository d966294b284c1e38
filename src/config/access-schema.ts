import * as z from 'zod'
import type { AccessRule } from '../model/access.ts'
import { ROLES } from '../model/access.ts'
import { isGlob, nameGlob } from '../model/name-glob.ts'
import type { ProgramSpec } from '../model/program-spec.ts'
import { suggest } from '../model/suggest.ts'
import { described } from './described.ts'
import type { GuardSettings } from './guard-schema.ts'
import { labels } from './label-schema.ts'
import { principal } from './program-values.ts'
import { account } from './setting-values.ts'
import type { FileProblem } from './source/config-source.ts'

/** More rules than these are no list that a person keeps. */
const MAX_RULES = 1_000

/** What a role may be limited to. */
export const scopeShape = {
  services: described(
    z.array(account).min(1),
    'the services it is for: names, groups of them, globs; without it all, and the guard itself',
    { example: '["web-*"]' },
  ),
  labels: described(labels, 'the services it is for: those that have all of these labels', {
    example: '{ tier: front }',
  }),
}

export const role = z.enum(ROLES).meta({
  description:
    'viewer looks; operator starts, stops, signals as well; admin everything, where it is for all also apply, down and the audit log',
  example: 'operator',
})

export const accessSchema = z
  .array(
    z
      .strictObject({
        role,
        users: described(z.array(principal).min(1), 'who has it: names or numbers of users', {
          example: '[deploy]',
        }),
        groups: described(z.array(principal).min(1), 'names or numbers of groups of users', {
          example: '[adm]',
        }),
        ...scopeShape,
      })
      .refine(
        ({ users, groups }) => users !== undefined || groups !== undefined,
        'it is for nobody: name users or groups',
      ),
  )
  .max(MAX_RULES)

type Limits = { services?: string[] | undefined; labels?: Record<string, string> | undefined }

/** The rules of stead.yaml, complete. */
export function accessOf({ access = [] }: GuardSettings): readonly AccessRule[] {
  return access.map(({ role, users = [], groups = [], services = [], labels = {} }) => ({
    role,
    users,
    groups,
    identities: [],
    services,
    labels,
  }))
}

/** Names in rules that nothing fits: a typing error would give nobody anything, silently. */
export function accessProblems(
  settings: GuardSettings,
  services: ReadonlyMap<string, ProgramSpec>,
): FileProblem[] {
  return (settings.access ?? []).flatMap((rule, index) =>
    scopeProblems(rule, ['access', index], settings, services),
  )
}

export function scopeProblems(
  { services: named = [] }: Limits,
  path: readonly (string | number)[],
  settings: GuardSettings,
  services: ReadonlyMap<string, ProgramSpec>,
): FileProblem[] {
  const known = [...services.keys(), ...Object.keys(settings.groups ?? {})]
  return named.flatMap((name, index): FileProblem[] => {
    const fits = isGlob(name)
      ? [...services.keys()].some((service) => nameGlob(name).test(service))
      : known.includes(name)
    if (fits) return []
    const near = suggest(name, known)
    const hint = near === null ? '' : `; did you mean ${near}?`
    const message = `there is no service or group ${name}${hint}`
    return [{ path: [...path, 'services', index], message }]
  })
}
