import { lookup } from 'node:dns/promises'
import type { ProbeOptions, ProbeOutcome } from '../../model/ports/probe.ts'
import { oneOutcome, reasonOf } from './outcome.ts'
import { sharedCalls } from './shared-calls.ts'

const find = sharedCalls((name) => lookup(name))

/** Looks a name up as programs of this machine do: hosts file and all, by getaddrinfo(3). */
export function dnsProbe(name: string, options: ProbeOptions): Promise<ProbeOutcome> {
  return oneOutcome(options, (end) => {
    find(name).then(
      ({ address }) => end(true, address),
      (error: unknown) => end(false, reasonOf(error)),
    )
    return () => {}
  })
}
