import { packed } from '../platform/packed/facts.ts'

const SELF_VERBS: ReadonlySet<string> = new Set([
  'install',
  'uninstall',
  'start',
  'stop',
  'restart',
  'pause',
  'resume',
  'reload',
  'status',
])

/** Words that only an executable has: `node app.js --version` is the program's own business. */
const PACKED_VERBS: ReadonlySet<string> = new Set(['update', '--version', '--help'])

/** Whether a program manages itself by this word: `node app.js install`, `hello update` of a packed one. */
export function isSelfVerb(word: string | undefined): word is string {
  if (word === undefined) return false
  return SELF_VERBS.has(word) || (PACKED_VERBS.has(word) && packed() !== null)
}
