import type { Scope, ServiceSpec } from './service-spec.ts'
import type { ManagerKind } from './service-status.ts'

/** A file that an installation writes. */
export interface PlannedFile {
  readonly path: string
  /** Permission bits, given at creation and never widened later. */
  readonly mode: number
  readonly text: string
}

/** One thing an installation does after its files are written, in order. */
export type PlannedStep =
  /** A command of the manager: a file and an argument array, never a shell string. */
  | {
      readonly kind: 'command'
      readonly file: string
      readonly args: readonly string[]
      readonly purpose: string
    }
  /** A call of the operating system's API, told for people: `CreateServiceW`, and what it is given. */
  | {
      readonly kind: 'call'
      readonly api: string
      readonly values: Readonly<Record<string, unknown>>
      readonly purpose: string
    }

export interface Unsupported {
  /** The setting's name as in the service file: `limits.memory`. */
  readonly setting: string
  readonly reason: string
}

/** What an installation is about to do, complete, before it does anything. */
export interface Plan {
  readonly manager: ManagerKind
  readonly scope: Scope
  readonly spec: ServiceSpec
  readonly files: readonly PlannedFile[]
  readonly steps: readonly PlannedStep[]
  /** Settings that cannot be honoured. An installation with any of them is refused. */
  readonly unsupported: readonly Unsupported[]
  /** What is honoured in a way worth knowing, such as who does the restarts and why. */
  readonly notes: readonly string[]
}

/** How an installation ended. */
export type InstallOutcome = 'created' | 'updated' | 'unchanged'
