/** How the last guard of a service ended, where no manager of the system keeps it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Home } from '../model/home.ts'
import type { Host } from '../model/ports/host.ts'
import type { GuardEnd } from '../model/ports/logon-guards.ts'
import { placesOf, recordPath } from './compose-guard-home.ts'

function pathOf(home: Home, name: string): string {
  return join(placesOf(home, name, recordPath(home, name)).state, 'end.json')
}

/** Null where no guard has run, or what it left cannot be read. */
export function readGuardEnd(home: Home, name: string): GuardEnd | null {
  try {
    return JSON.parse(readFileSync(pathOf(home, name), 'utf8')) as GuardEnd
  } catch {
    return null
  }
}

/** A host that keeps what it is told of the end: that there is none yet, and then how it was. */
export function keepingEnd(host: Host, home: Home, name: string): Host {
  const keep = (end: Omit<GuardEnd, 'at'>): void => {
    const path = pathOf(home, name)
    try {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, JSON.stringify({ at: new Date().toISOString(), ...end }), { mode: 0o600 })
    } catch (error) {
      const message = `how it ends cannot be kept: ${(error as Error).message}`
      host.log({ severity: 4, message })
    }
  }
  return {
    ...host,
    report(state, patience) {
      if (state === 'starting') keep({ exit: null, failure: null })
      host.report(state, patience)
    },
    finish(exit, failure) {
      keep({ exit, failure })
      return host.finish(exit, failure)
    },
  }
}
