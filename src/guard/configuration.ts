import type { ApplyChange, Caller, GuardApi } from '../model/ports/guard-api.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import { mergeSpecs } from './merge-specs.ts'

export interface ConfigurationParts {
  /** Reads the configuration anew. @throws SPEC_INVALID and the like */
  readonly readSpec: (text: string | null) => Promise<GuardSpec>
  readonly compare: (old: GuardSpec, next: GuardSpec) => readonly ApplyChange[]
  /** Told of a configuration that was taken, before its services follow. */
  readonly applied?: (next: GuardSpec) => void
  readonly carryOut: (changes: readonly ApplyChange[], next: GuardSpec, caller: Caller) => void
  /** @throws GUARD_ENDING */
  readonly refuseWhenEnding: () => void
}

export interface GuardConfiguration {
  readonly current: GuardSpec
  readonly api: Pick<GuardApi, 'apply' | 'configuration' | 'reread' | 'takeOver' | 'dismiss'>
}

/** What a guard runs, and what it has read and not taken over yet. */
export function guardConfiguration(spec: GuardSpec, parts: ConfigurationParts): GuardConfiguration {
  let current = spec
  let offered = spec

  function take(next: GuardSpec, caller: Caller): readonly ApplyChange[] {
    const changes = parts.compare(current, next)
    current = next
    parts.applied?.(next)
    parts.carryOut(changes, next, caller)
    return changes
  }

  return {
    get current() {
      return current
    },
    api: {
      configuration: () => ({ current, offered }),
      async apply({ text, dryRun }, caller) {
        parts.refuseWhenEnding()
        const next = await parts.readSpec(text)
        if (dryRun) return parts.compare(current, next)
        offered = next
        return take(next, caller)
      },
      async reread() {
        parts.refuseWhenEnding()
        offered = await parts.readSpec(null)
        return parts.compare(current, offered)
      },
      async takeOver(services, caller) {
        parts.refuseWhenEnding()
        return take(mergeSpecs(current, offered, services), caller)
      },
      async dismiss(services, caller) {
        parts.refuseWhenEnding()
        const nothing = { ...current, services: [], groups: [] }
        return take(mergeSpecs(current, nothing, services), caller)
      },
    },
  }
}
