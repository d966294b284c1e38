import type { DraftService } from './draft.ts'
import type { Place } from './loss.ts'
import { shellLine } from './shell-line.ts'

/** Sets the command of a program that its supervisor starts by a shell, without one where that is the same. */
export function setShellCommand(
  service: DraftService,
  line: string,
  origin: { readonly place: Place; readonly setting: string },
  shell?: readonly string[],
): void {
  const { command, kind } = shellLine(line, shell)
  service.set('command', command, origin)
  if (kind === 'words') return
  service.note('The command needs a shell, which is called by name: stead runs none by itself.')
  // A shell that stays does not pass a signal on.
  if (kind === 'script' && service.settings.stop === undefined)
    service.set('stop', [{ signal: 'SIGTERM', to: 'group' }], origin)
}
