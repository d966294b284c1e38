import { isSteadError, SteadError } from '../../errors.ts'
import { describeExit, succeeded } from '../../model/exit.ts'
import type { Clock } from '../../model/ports/clock.ts'
import type { Domains } from './domains.ts'
import type { Answer, Launchctl } from './launchctl.ts'

/** How often launchd is asked whether it is done; it has no call that waits. */
const POLL = 50
/** Time for launchd itself, beyond what the service may take. */
const GRACE = 10_000
/** A refusal to load that is still one after this is meant; EIO is also told in passing. */
const REFUSAL = 2_000

export interface Jobs {
  /** Loads the job afresh and starts it. @throws START_FAILED, START_TIMEOUT */
  start(name: string, path: string, startTimeout: number): Promise<void>
  /** Ends the job and unloads it, and waits until it is gone. @throws STOP_TIMEOUT */
  stop(name: string, stopTimeout: number): Promise<void>
}

export function jobs(launchctl: Launchctl, domains: Domains, clock: Clock): Jobs {
  return {
    async start(name, path, startTimeout) {
      const present = await domains.find(name)
      if (present !== null && present.facts.pid !== null) return
      // A loaded job keeps the definition it was loaded with, so an old one is taken away first.
      if (present !== null) await stop(name, 0)
      const domain = await domains.current()
      if (domain === null) throw noDomain()
      const end = clock.monotonic() + startTimeout + GRACE
      await load(name, domain, path, end)
      await launchctl.kickstart(`${domain}/${name}`)
      await cameUp(name, end, startTimeout)
    },
    stop,
  }

  async function stop(name: string, stopTimeout: number): Promise<void> {
    const job = await domains.find(name)
    if (job === null) return
    const end = clock.monotonic() + stopTimeout + GRACE
    // Asked again while it removes the job launchd answers that it is busy, which is no failure; and
    // whatever it answers, the job is gone when it is not there any more.
    await launchctl.bootout(job.target)
    while ((await launchctl.print(job.target)) !== null) {
      if (clock.monotonic() > end) {
        throw new SteadError('STOP_TIMEOUT', { name, seconds: stopTimeout / 1_000 })
      }
      await clock.sleep(POLL)
    }
  }

  async function load(name: string, domain: string, path: string, end: number): Promise<void> {
    // The remains of a job that was just removed keep launchd busy for a moment.
    const patience = clock.monotonic() + REFUSAL
    while ((await attempt(domain, path, patience)) === 'busy') {
      if ((await launchctl.print(`${domain}/${name}`)) !== null) return
      if (clock.monotonic() > end) {
        throw new SteadError('MANAGER_TIMEOUT', {
          manager: 'launchd',
          action: `load ${name}`,
          seconds: GRACE / 1_000,
        })
      }
      await clock.sleep(POLL)
    }
  }

  async function attempt(domain: string, path: string, patience: number): Promise<Answer> {
    try {
      return await launchctl.bootstrap(domain, path)
    } catch (error) {
      if (isSteadError(error, 'MANAGER_FAILED') && clock.monotonic() < patience) return 'busy'
      throw error
    }
  }

  async function cameUp(name: string, end: number, startTimeout: number): Promise<void> {
    for (;;) {
      const job = await domains.find(name)
      if (job === null) {
        throw new SteadError('START_FAILED', { name, reason: 'its job was removed meanwhile' })
      }
      const { pid, lastExit } = job.facts
      if (pid !== null || (lastExit !== null && succeeded(lastExit))) return
      if (lastExit !== null) {
        throw new SteadError('START_FAILED', {
          name,
          reason: `it ended with ${describeExit(lastExit)}`,
        })
      }
      if (clock.monotonic() > end) {
        throw new SteadError('START_TIMEOUT', { name, seconds: startTimeout / 1_000 })
      }
      await clock.sleep(POLL)
    }
  }
}

export function noDomain(): SteadError {
  return new SteadError('MANAGER_UNAVAILABLE', {
    manager: 'launchd',
    reason: 'this user has no launchd domain, neither gui/UID nor user/UID',
    remedy: 'log in as that user first, or install for the machine: --scope system',
  })
}
