import { stat } from 'node:fs/promises'
import type { ProbeOptions, ProbeOutcome } from '../../model/ports/probe.ts'
import { oneOutcome, reasonOf } from './outcome.ts'
import { sharedCalls } from './shared-calls.ts'

const look = sharedCalls((path) => stat(path))

/** Looks whether something has that path, and opens nothing. */
export function fileProbe(path: string, options: ProbeOptions): Promise<ProbeOutcome> {
  return oneOutcome(options, (end) => {
    look(path).then(
      () => end(true, 'there'),
      (error: unknown) => end(false, reasonOf(error)),
    )
    return () => {}
  })
}
