import type { ServiceManager } from '../../../src/managers/service-manager.ts'
import type { ServiceSpec } from '../../../src/model/service-spec.ts'

/** Something that a manager, or the place it is tested in, does not have; and why. */
export interface Lack {
  readonly lack: string
}

/**
 * Makes the spec of a service whose program is a fixture, driven by `args`. Settings win over what
 * the builder sets by itself.
 */
export type SpecBuilder = (
  name: string,
  args: readonly string[],
  settings?: Partial<ServiceSpec>,
) => ServiceSpec

/**
 * What a manager has to provide to be held to the contract. Everything that can be missing is a
 * {@link Lack} with its reason, and the scenarios that need it are reported as skipped with it.
 */
export interface ManagerSetup {
  /** A manager over the one installation under test: what one more stead process would have. */
  makeManager(): ServiceManager
  /** A name that no service has. */
  newName(): string
  /** An absolute path that the program can write and {@link readText} can read; nothing is there. */
  tempFile(label: string): string
  readText(path: string): Promise<string | null>
  writeText(path: string, text: string): Promise<void>
  isAlive(pid: number): Promise<boolean>

  /** `test/fixtures/services/story.ts`: a program built with the SDK. */
  readonly story: SpecBuilder | Lack
  /** `test/fixtures/programs/record.mjs`: any executable. */
  readonly plain: SpecBuilder | Lack

  /** Everything the manager keeps of a service, other after every write to it; null for nothing. */
  fingerprint(name: string): Promise<string | null>
  /**
   * What the manager itself says of an installed service, keyed as in {@link Unsupported.setting}
   * and in the spec's own units. A setting that is missing here counts as not honoured.
   */
  facts(name: string): Promise<Readonly<Record<string, unknown>>>

  /** Milliseconds: the smallest delay before a restart that this manager keeps. */
  readonly restarts: { readonly delay: number } | Lack
  /** `start` waits until a native program is ready, and rejects when it fails before. */
  readonly readiness: true | Lack
  /** Time limits for a start that takes longer than the manager allows without progress. */
  readonly slowStart: { readonly startTimeout: number; readonly startMs: number } | Lack
  /** `status` shows `paused`, so that a second `pause` can be refused. */
  readonly pausedPhase: true | Lack
  /** `status` shows `stopping`. */
  readonly stoppingPhase: true | Lack
  /** `lastExit` has the time. */
  readonly exitTime: true | Lack
  readonly logs: true | Lack
  /** A user and a group other than the caller's, that services may run as. */
  readonly account: { readonly user: string; readonly group: string } | Lack
  /** Services of the same manager that stead did not install. */
  readonly foreign:
    | {
        create(name: string): Promise<void>
        exists(name: string): Promise<boolean>
        remove(name: string): Promise<void>
      }
    | Lack
  /** The same manager asked by somebody without the right to install. */
  readonly unprivileged: (() => ServiceManager) | Lack
  /** A manager whose `install` fails at a step after the first one. */
  readonly failing: (() => ServiceManager) | Lack
  /** Lets the operating system's shutdown reach the running service. */
  readonly shutdown: ((name: string) => Promise<void>) | Lack
  /** Opens a handle that keeps a deleted service there; resolves to what closes it. SCM only. */
  readonly openHandle: ((name: string) => Promise<() => Promise<void>>) | Lack

  /** Scenarios to leave out, by the beginning of their title, and why. */
  readonly skip?: Readonly<Record<string, string>>
  /** Milliseconds for one wait; default is that of `until`. */
  readonly deadline?: number
  /** Milliseconds for one scenario; default is that of the harness. */
  readonly timeout?: number
}

export function isLack(value: unknown): value is Lack {
  return typeof value === 'object' && value !== null && 'lack' in value
}

/** The value, where it is known to be there. */
export function have<T>(value: T | Lack): T {
  if (isLack(value)) throw new Error(`missing: ${value.lack}`)
  return value
}
