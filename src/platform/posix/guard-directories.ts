import { mkdirSync } from 'node:fs'
import type { GuardPlaces } from '../../model/guard-places.ts'
import type { Home } from '../../model/home.ts'

/** Nothing: whoever writes there first makes them. */
export function prepareHome(_home: Home): void {}

/** The directories of one guard: its user's alone, and its logs for its group to look at. */
export function prepareGuardPlaces(_home: Home, { state, run, logs }: GuardPlaces): void {
  for (const directory of [run, state]) mkdirSync(directory, { recursive: true, mode: 0o700 })
  mkdirSync(logs, { recursive: true, mode: 0o750 })
}
