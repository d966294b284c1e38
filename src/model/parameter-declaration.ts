import { parseDuration } from './duration.ts'
import { PARAMETER_TYPES, type ParameterSpec, type ParameterType } from './parameter.ts'
import { hasControl, readParameter } from './parameter-value.ts'
import { isSecretName } from './secret-names.ts'
import { parseSize } from './size.ts'
import { suggest } from './suggest.ts'

/** A service has no more parameters. */
export const MOST_PARAMETERS = 100
const MOST_VALUES = 100
const LONGEST_DESCRIPTION = 200

const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/

interface Described {
  /** One line for people. */
  readonly description?: string
}

/**
 * How a parameter is written in a program: its type, what it is without anybody's word, and within
 * what it may be changed. Durations (`5s`) and sizes (`64M`) are texts, as in stead.yaml.
 */
export type ParameterDeclaration =
  | (Described & { readonly type: 'boolean'; readonly default: boolean })
  | (Described & {
      readonly type: 'integer' | 'number'
      readonly default: number
      readonly min?: number
      readonly max?: number
    })
  | (Described & {
      readonly type: 'string'
      readonly default: string
      /** Characters. */
      readonly min?: number
      readonly max?: number
    })
  | (Described & {
      readonly type: 'enum'
      readonly values: readonly string[]
      readonly default: string
    })
  | (Described & {
      readonly type: 'duration' | 'bytes'
      readonly default: string | number
      readonly min?: string | number
      readonly max?: string | number
    })

export type ParameterDeclarations = Readonly<Record<string, ParameterDeclaration>>

/** Of a service that declares none. */
export type NoParameters = Readonly<Record<never, never>>

/** What a declared parameter is in the program: milliseconds for a duration, a number for bytes. */
export type ParametersOf<D extends ParameterDeclarations> = {
  readonly [K in keyof D]: D[K] extends { readonly type: 'boolean' }
    ? boolean
    : D[K] extends { readonly type: 'enum'; readonly values: readonly (infer V)[] }
      ? V
      : D[K] extends { readonly type: 'string' }
        ? string
        : number
}

/** Something wrong with a declaration, at `path` below it. */
export interface DeclarationProblem {
  readonly path: readonly string[]
  readonly message: string
}

export type ReadDeclaration =
  | { readonly spec: ParameterSpec }
  | { readonly problems: readonly DeclarationProblem[] }

/** Reads one declaration, whoever wrote it: a program in its code, an operator in stead.yaml. */
export function readDeclaration(name: string, declared: unknown): ReadDeclaration {
  const problems: DeclarationProblem[] = []
  const wrong = (message: string, ...path: string[]): void => void problems.push({ path, message })
  const bad = (): ReadDeclaration => ({ problems })
  const unfit = nameProblem(name)
  if (unfit !== null) wrong(unfit)
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) {
    wrong('it has to be a map with type and default')
    return bad()
  }
  const raw = declared as Readonly<Record<string, unknown>>
  const { type, description = null } = raw
  if (!isType(type)) {
    const near = typeof type === 'string' ? suggest(type, PARAMETER_TYPES) : null
    const meant = near === null ? '' : `; did you mean ${near}?`
    wrong(`it has to be one of ${PARAMETER_TYPES.join(', ')}${meant}`, 'type')
    return bad()
  }
  const bounded = type !== 'boolean' && type !== 'enum'
  const known = ['type', 'default', 'description', ...(bounded ? ['min', 'max'] : [])]
  if (type === 'enum') known.push('values')
  for (const key of Object.keys(raw))
    if (!known.includes(key)) wrong(`there is no such setting of a parameter of type ${type}`, key)
  if (description !== null && !isLine(description, LONGEST_DESCRIPTION))
    wrong(`it has to be one line of at most ${LONGEST_DESCRIPTION} characters`, 'description')
  const values = type === 'enum' ? valuesOf(raw.values) : []
  if (values === null) {
    wrong(`it has to be a list of 1 to ${MOST_VALUES} different texts`, 'values')
    return bad()
  }
  const bound = (key: 'min' | 'max'): number | null => {
    if (!bounded || raw[key] === undefined || raw[key] === null) return null
    const number = boundOf(type, raw[key])
    if (number === null) wrong(`it has to be ${BOUNDS[type]}`, key)
    return number
  }
  const [min, max] = [bound('min'), bound('max')]
  if (min !== null && max !== null && min > max) wrong('it is greater than max', 'min')
  if (problems.length > 0) return bad()
  const spec = { name, type, description: description as string | null, min, max, values }
  const read = readParameter({ ...spec, default: '' }, raw.default)
  if ('value' in read) return { spec: { ...spec, default: read.value } }
  wrong(
    raw.default === undefined
      ? 'it is missing: a parameter has a value before anybody sets one'
      : read.problem.slice(name.length + 2),
    'default',
  )
  return bad()
}

/** Reads all of them. Names of problems are paths below the map of declarations. */
export function readDeclarations(declared: unknown): {
  readonly specs: readonly ParameterSpec[]
  readonly problems: readonly DeclarationProblem[]
} {
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared))
    return { specs: [], problems: [{ path: [], message: 'it has to be a map of declarations' }] }
  const entries = Object.entries(declared)
  if (entries.length > MOST_PARAMETERS) {
    const message = `there are ${entries.length}, and ${MOST_PARAMETERS} at most`
    return { specs: [], problems: [{ path: [], message }] }
  }
  const specs: ParameterSpec[] = []
  const problems: DeclarationProblem[] = []
  for (const [name, one] of entries) {
    const read = readDeclaration(name, one)
    if ('spec' in read) specs.push(read.spec)
    else
      for (const { path, message } of read.problems)
        problems.push({ path: [name, ...path], message })
  }
  return { specs, problems }
}

/** A declaration that {@link readDeclaration} reads as the same spec. */
export function declarationOf({ type, min, max, values, description, ...rest }: ParameterSpec) {
  return {
    type,
    default: rest.default,
    ...(min === null ? {} : { min }),
    ...(max === null ? {} : { max }),
    ...(type === 'enum' ? { values } : {}),
    ...(description === null ? {} : { description }),
  }
}

function nameProblem(name: string): string | null {
  if (!NAME.test(name))
    return 'a name begins with a letter and has at most 64 letters, digits, "_", "." and "-"'
  if (isSecretName(name))
    return 'its name says that it is secret: parameters are shown and noted down; a secret belongs into a sealed setting'
  return null
}

const BOUNDS: Readonly<Record<Exclude<ParameterType, 'boolean' | 'enum'>, string>> = {
  integer: 'an integer',
  number: 'a number',
  string: 'a number of characters',
  duration: 'a duration such as 5s',
  bytes: 'a size such as 64M',
}

function boundOf(type: ParameterType, given: unknown): number | null {
  if (type === 'duration' && typeof given === 'string') return parseDuration(given)
  if (type === 'bytes' && typeof given === 'string') return parseSize(given)
  if (typeof given !== 'number' || !Number.isFinite(given)) return null
  if (type === 'number') return given
  if (!Number.isSafeInteger(given)) return null
  return type === 'integer' || given >= 0 ? given : null
}

function isType(type: unknown): type is ParameterType {
  return PARAMETER_TYPES.includes(type as ParameterType)
}

function valuesOf(given: unknown): readonly string[] | null {
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST_VALUES) return null
  if (!given.every((one) => isLine(one, 100)) || new Set(given).size !== given.length) return null
  return given as string[]
}

function isLine(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest && !hasControl(value)
}
