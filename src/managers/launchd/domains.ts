import type { Scope } from '../../model/service-spec.ts'
import type { JobFacts } from './job-facts.ts'
import type { Launchctl } from './launchctl.ts'

/** A job that launchd has loaded, and where: `system/NAME`, `gui/501/NAME`, `user/501/NAME`. */
export interface LoadedJob {
  readonly target: string
  readonly facts: JobFacts
}

export interface Domains {
  /** The domain to load jobs into, or null where none of the scope's is there. */
  current(): Promise<string | null>
  find(name: string): Promise<LoadedJob | null>
}

/**
 * The domains of a scope, the wanted one first. A user who is logged in at the screen has `gui/UID`;
 * one who came by ssh only has `user/UID` (launchctl(1)).
 */
export function domains(launchctl: Launchctl, scope: Scope, uid: number): Domains {
  const candidates = scope === 'system' ? ['system'] : [`gui/${uid}`, `user/${uid}`]
  return {
    async current() {
      for (const domain of candidates) if (await launchctl.domainExists(domain)) return domain
      return null
    },
    async find(name) {
      for (const domain of candidates) {
        const target = `${domain}/${name}`
        const facts = await launchctl.print(target)
        if (facts !== null) return { target, facts }
      }
      return null
    },
  }
}
