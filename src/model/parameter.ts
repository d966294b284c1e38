/** The kinds of values that a run-time parameter may have. */
export const PARAMETER_TYPES = [
  'boolean',
  'integer',
  'number',
  'string',
  'enum',
  'duration',
  'bytes',
] as const

export type ParameterType = (typeof PARAMETER_TYPES)[number]

/** Of a duration milliseconds, of bytes their number. */
export type ParameterValue = boolean | number | string

/**
 * A setting of a service that an operator changes while it runs (`stead set`): checked and complete.
 * It is never a secret: its value is shown, measured and noted down.
 */
export interface ParameterSpec {
  readonly name: string
  readonly type: ParameterType
  readonly description: string | null
  readonly default: ParameterValue
  /** The least and the greatest number; of a string the least and the greatest length. */
  readonly min: number | null
  readonly max: number | null
  /** Of an enum; empty for other types. */
  readonly values: readonly string[]
}

/** What happens to a program of a guard when a parameter of it has another value. */
export type ParameterDelivery =
  /** It learns it by itself, or at its next start. */
  | { readonly kind: 'start' }
  | { readonly kind: 'reload' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'command'; readonly command: readonly [string, ...string[]] }

/** A parameter of a program that a guard keeps, as stead.yaml declares it. */
export interface GuardedParameter extends ParameterSpec {
  /** The variable that has its value in the environment of the program; null for none. */
  readonly env: string | null
  readonly apply: ParameterDelivery
}

/** A value that somebody has set. */
export interface SetParameter {
  readonly value: ParameterValue
  /** `operator uid 1000`. */
  readonly by: string
  /** ISO 8601. */
  readonly at: string
  /** When it goes back to its default, ISO 8601; null for never. */
  readonly until: string | null
}

export type SetParameters = Readonly<Record<string, SetParameter>>

export type ParameterValues = Readonly<Record<string, ParameterValue>>

/** What somebody asks for: all of it, or nothing. */
export interface ParameterRequest {
  /** New values, as texts (`5s`, `debug`) or as what they are in JSON. */
  readonly set: Readonly<Record<string, unknown>>
  /** Back to their defaults. */
  readonly reset: readonly string[]
  /** For so many milliseconds; null for good. */
  readonly for: number | null
}

export interface ParameterChange {
  readonly name: string
  readonly old: ParameterValue
  readonly value: ParameterValue
  readonly until: string | null
}

/** A parameter as it is shown. */
export interface ParameterFact {
  readonly name: string
  readonly type: ParameterType
  readonly description: string | null
  readonly default: ParameterValue
  /** In words: `an integer from 1 to 100`. */
  readonly range: string
  readonly value: ParameterValue
  /** The value and the default as one writes them: `5s` for 5000 of a duration. */
  readonly text: string
  readonly defaultText: string
  /** Null while it has its default. */
  readonly set: Omit<SetParameter, 'value'> | null
}

/** What has become of a change at one instance. */
export interface ParameterOutcome {
  readonly id: string
  /** `pending`: it holds from the next start on, or when the program answers. */
  readonly state: 'applied' | 'pending'
  /** One sentence; null where there is nothing to say. */
  readonly reason: string | null
}

/** What came of a `stead set`. */
export interface ParameterResult {
  readonly service: string
  readonly changes: readonly ParameterChange[]
  readonly outcomes: readonly ParameterOutcome[]
  readonly parameters: readonly ParameterFact[]
}
