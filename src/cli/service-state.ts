import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { guardHome } from './compose-guard-home.ts'

/**
 * Where what a service of the SDK has to remember lies: in the directory that systemd gives a service
 * (StateDirectory= of systemd.exec(5)), else in that of its user. Each kind of thing has a folder.
 */
export function serviceState(kind: string, service: string): string {
  const [given] = (process.env.STATE_DIRECTORY ?? '').split(':')
  const digest = createHash('sha256').update(service).digest('hex').slice(0, 32)
  return join(given || guardHome({}).state, kind, digest)
}
