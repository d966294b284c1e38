import type { SpawnRequest, SpawnResult } from '../../../model/ports/spawner.ts'
import { failure } from './spawn-failure.ts'

/** What of a request Windows has nothing for: refused by name, and not left out in silence. */
export function unsupported(request: SpawnRequest): SpawnResult | null {
  const { user, group, supplementaryGroups, umask, nice, rlimits, pidVariable } = request
  const named: readonly (readonly [setting: string, isAsked: boolean, remedy: string])[] = [
    ['user', user !== null, 'install it as a service of its own with that account'],
    ['group', group !== null, 'leave it out'],
    ['supplementaryGroups', supplementaryGroups !== null, 'leave it out'],
    ['umask', umask !== null, 'leave it out: files get their rights from their directory'],
    ['nice', nice !== null, 'leave it out, and set windows.priority'],
    [
      'limits.openFiles',
      rlimits.openFiles !== undefined,
      'leave it out: Windows has no such limit',
    ],
    [
      'limits.coreSize',
      rlimits.coreSize !== undefined,
      'leave it out: Windows writes no core file',
    ],
    ['sockets', pidVariable !== undefined, 'leave it out: no handle of a socket is passed on'],
  ]
  const first = named.find(([, isAsked]) => isAsked)
  return first === undefined ? null : failure('ENOTSUP', first[0], first[2])
}
