import { SteadError } from '../errors.ts'

/** Longest name: leaves room for ".service", a launchd label prefix and a socket path. */
const MAX_LENGTH = 80

/** Device names that Windows resolves before any file of that name, with or without an extension. */
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i

/**
 * Checks a service name against rules that hold on every manager at once, so that a name that
 * works on one machine works on all: systemd.unit(5) "unit names", CreateServiceW (no `/`, `\`,
 * 256 characters), launchd labels and file names on all three.
 *
 * @returns the name, unchanged
 * @throws NAME_INVALID with the rule that is broken
 */
export function serviceName(name: string): string {
  const reason = nameProblem(name)
  if (reason !== null) throw new SteadError('NAME_INVALID', { name, reason })
  return name
}

/** The rule that `name` breaks, or null for a good name. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'it is empty'
  if (name.length > MAX_LENGTH)
    return `it has ${name.length} characters, at most ${MAX_LENGTH} are allowed`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what is asked about
  if (/[^\x00-\x7f]/.test(name)) return 'it has a character outside ASCII'
  if (/\s/.test(name)) return 'it has a blank'
  if (/[/\\]/.test(name)) return 'it has a path separator'
  if (name.includes('..')) return 'it has ".."'
  const bad = /[^A-Za-z0-9_.-]/.exec(name)
  if (bad) return `it has ${JSON.stringify(bad[0])}`
  if (!/^[A-Za-z0-9]/.test(name)) return 'it does not begin with a letter or a digit'
  if (name.endsWith('.')) return 'it ends with "."'
  if (RESERVED.test(name)) return 'Windows reserves it for a device'
  if (/\.(service|socket|timer|target|mount|slice|scope|path|device|swap|automount)$/i.test(name)) {
    return 'it ends like a systemd unit; leave the ending out'
  }
  return null
}
