/**
 * What an installed Windows service loads before its program: `node.exe --import …/scm-start.ts app.ts`.
 * The SCM gives a process 30 seconds to make contact, so contact is made before any code of the
 * user's runs; `run()` then takes the conversation over. A program that never gets that far is
 * reported as failed, with a code and a reason.
 */
import { isMainThread } from 'node:worker_threads'
import { SEVERITY } from '../model/log-entry.ts'
import type { Host } from '../model/ports/host.ts'
import { leaveForRun, makeContact } from './compose-scm.ts'

/** Exit codes of failures that have none of their own; as `run()` has them. */
const ENDED_EARLY = 70
const NOT_IN_TIME = 124

// Threads of the program inherit the option, and have no service to start.
if (isMainThread) {
  forgetPreload()
  const contact = await makeContact()
  if (contact !== null) watchOver(contact.host, contact.startTimeout)
}

/** Children that the program forks would inherit the option as well. */
function forgetPreload(): void {
  const { execArgv } = process
  const at = execArgv.findIndex((text) => /scm-start\.[jt]s$/.test(text))
  if (at === -1) return
  const separate = execArgv[at - 1] === '--import'
  execArgv.splice(separate ? at - 1 : at, separate ? 2 : 1)
}

/** Holds the host until `run()` claims it. */
function watchOver(host: Host, startTimeout: number): void {
  let failure: Error | null = null
  const remember = (error: unknown): void => {
    failure = error instanceof Error ? error : new Error(String(error))
  }
  const ended = (code: number): void => {
    if (failure !== null) {
      const message = `not caught: ${failure.stack ?? failure.message}`
      host.log({ severity: SEVERITY.critical, message, event: 'crashed' })
    }
    const reason =
      failure === null
        ? `the program ended with code ${code} before it called run()`
        : `the program failed before it called run(): ${failure.message}`
    process.exitCode = host.finish({ kind: 'code', code: code === 0 ? ENDED_EARLY : code }, reason)
  }
  const timer = setTimeout(() => {
    process.off('exit', ended)
    const seconds = startTimeout / 1000
    const reason = `the program did not call run() within ${seconds} s`
    process.exit(host.finish({ kind: 'code', code: NOT_IN_TIME }, reason))
  }, startTimeout).unref()
  process.on('uncaughtExceptionMonitor', remember)
  process.on('exit', ended)
  leaveForRun({
    startTimeout,
    claim() {
      clearTimeout(timer)
      process.off('uncaughtExceptionMonitor', remember)
      process.off('exit', ended)
      return host
    },
  })
}
