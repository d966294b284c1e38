import { SteadError } from '../../errors.ts'
import { describeExit } from '../../model/exit.ts'
import type { CommandRunner } from '../../model/ports/command-runner.ts'
import { type JobFacts, parseJob } from './job-facts.ts'

export const LAUNCHCTL = '/bin/launchctl'

/**
 * Exit codes of launchctl that mean something here: errno numbers of macOS (<sys/errno.h>) and
 * launchd's own, which `launchctl error NUMBER` explains. Every other one is a failure like 5, EIO,
 * with which launchd answers most of what it refuses.
 */
const CODE = {
  ok: 0,
  notPermitted: 1,
  noProcess: 3,
  accessDenied: 13,
  inProgress: 36,
  already: 37,
  noDomain: 112,
  notFound: 113,
  domainUnsupported: 125,
} as const

const ABSENT = [CODE.noProcess, CODE.noDomain, CODE.notFound, CODE.domainUnsupported]

/** `absent`: there is no such job or domain. `busy`: the same job is being loaded or removed. */
export type Answer = 'done' | 'absent' | 'busy'

/** The verbs of launchctl(1) that stead uses; `load`, `unload` and the other old ones it never does. */
export interface Launchctl {
  domainExists(domain: string): Promise<boolean>
  /** Null where no such job is loaded. */
  print(target: string): Promise<JobFacts | null>
  bootstrap(domain: string, path: string): Promise<Answer>
  /** Returns before the job is gone. */
  bootout(target: string): Promise<Answer>
  kickstart(target: string): Promise<Answer>
  kill(target: string, signal: string): Promise<Answer>
}

/** @throws RIGHTS, MANAGER_UNAVAILABLE, MANAGER_TIMEOUT, MANAGER_FAILED, from every verb */
export function launchctl(runner: CommandRunner): Launchctl {
  async function call(args: readonly string[]): Promise<{ answer: Answer; stdout: string }> {
    const { exit, timedOut, stdout, stderr } = await runner.run(LAUNCHCTL, args)
    const action = args.join(' ')
    if (exit.kind === 'spawn-error') {
      throw new SteadError('MANAGER_UNAVAILABLE', {
        manager: 'launchd',
        reason: `${LAUNCHCTL} ${describeExit(exit)}`,
        remedy: 'launchd is there on macOS only; choose another manager: --manager systemd',
      })
    }
    if (timedOut)
      throw new SteadError('MANAGER_TIMEOUT', { manager: 'launchd', action, seconds: 30 })
    const code = exit.kind === 'code' ? exit.code : null
    const answer = answerOf(code)
    if (answer !== null) return { answer, stdout }
    if (code === CODE.notPermitted || code === CODE.accessDenied) {
      throw new SteadError('RIGHTS', {
        action: `let launchd ${action}`,
        right: 'the right of root',
        remedy: 'run the same command as root (sudo), or with --scope user',
      })
    }
    const words = stderr.trim().split('\n')[0] ?? ''
    throw new SteadError('MANAGER_FAILED', {
      manager: 'launchd',
      action,
      detail: words === '' ? describeExit(exit) : `${describeExit(exit)}: ${words}`,
    })
  }

  const answer = async (...args: string[]): Promise<Answer> => (await call(args)).answer

  return {
    domainExists: async (domain) => (await answer('print', domain)) === 'done',
    async print(target) {
      const { answer, stdout } = await call(['print', target])
      return answer === 'done' ? parseJob(stdout) : null
    },
    bootstrap: (domain, path) => answer('bootstrap', domain, path),
    bootout: (target) => answer('bootout', target),
    kickstart: (target) => answer('kickstart', '-p', target),
    kill: (target, signal) => answer('kill', signal, target),
  }
}

function answerOf(code: number | null): Answer | null {
  if (code === CODE.ok) return 'done'
  if (code === CODE.inProgress || code === CODE.already) return 'busy'
  const absent: readonly (number | null)[] = ABSENT
  return absent.includes(code) ? 'absent' : null
}
