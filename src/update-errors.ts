import { entry } from './error-entry.ts'

/** The part of the table of errors that is about programs which renew themselves. */
export const updateErrors = {
  UPDATE_UNSUPPORTED: entry<{ name: string; reason: string; remedy: string }>({
    exit: 2,
    about:
      'This program cannot renew itself here: nothing was packed for it, or others installed it.',
    message: (p) => `${p.name} cannot update itself: ${p.reason}`,
    hint: (p) => p.remedy,
  }),
  UPDATE_UNREADABLE: entry<{ source: string; reason: string }>({
    exit: 1,
    about: 'An update could not be read: no network, no such file, or the server refuses.',
    message: (p) => `the update in ${p.source} could not be read: ${p.reason}`,
    hint: () => 'nothing was changed; check the address, and try again with the same command',
  }),
  UPDATE_REFUSED: entry<{ source: string; reason: string }>({
    exit: 1,
    about:
      'An update is not what this program accepts: its signature, its name, its version or its content.',
    message: (p) => `the update in ${p.source} is refused: ${p.reason}`,
    hint: () => 'nothing was changed; ask who publishes it for one that is signed and whole',
  }),
  UPDATE_ROLLED_BACK: entry<{ name: string; version: string; before: string; reason: string }>({
    exit: 1,
    about: 'A new version did not do well in its trial; the one before is in place again.',
    message: (p) => `${p.name} ${p.version} is taken back, ${p.before} is in place: ${p.reason}`,
    hint: (p) => `see what it said: stead logs ${p.name}`,
  }),
  UPDATE_STUCK: entry<{ name: string; version: string; before: string; reason: string }>({
    exit: 1,
    about: 'A new version did not do well, and the one before could not be put back.',
    message: (p) =>
      `${p.name} ${p.version} does not do well, and ${p.before} could not be put back: ${p.reason}`,
    hint: (p) => `see how it is: stead status ${p.name}; the version before is still on the disk`,
  }),
  VERSION_OLDER: entry<{
    name: string
    installed: string
    executable: string
    version: string
  }>({
    exit: 2,
    about: 'An update has brought a newer version than the executable that was called.',
    message: (p) => `${p.name} ${p.installed} is installed, and this is ${p.version}`,
    hint: (p) =>
      `call the version that is installed: ${p.executable} install; or go back on purpose: --allow-older`,
  }),
} as const
