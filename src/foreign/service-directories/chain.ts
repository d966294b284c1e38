/**
 * Programs that change what a process is and then run the rest of their arguments: chpst(8), those of
 * daemontools, s6 and execline, setpriv(1), nice(1), env(1).
 */

/** What a chain sets before the program begins. */
export interface Chained {
  user?: string
  group?: string
  supplementaryGroups?: readonly string[]
  umask?: string
  nice?: number
  cwd?: string
  limits: Record<string, number>
  /** In the order in which they are set: variables, and directories of variables. */
  env: (EnvironmentStep | EnvironmentDirectory)[]
  /** How often a check is asked until the program is ready, in milliseconds. */
  checkEvery?: number
  /** The descriptor that the check takes the place of. */
}

interface EnvironmentDirectory {
  readonly directory: string
  /** Where the chain was then; undefined for the service directory. */
  readonly from: string | undefined
}

interface EnvironmentStep {
  readonly name: string
  readonly value: string
}

export function emptyChain(): Chained {
  return { limits: {}, env: [] }
}

/** One program of a chain: how many words are its own, or null where it says what stead cannot. */
type Link = (words: readonly string[], chained: Chained) => number | null

interface Taken {
  /** What is left: the program itself. */
  readonly command: readonly string[]
  /** The name of the last program that stays in the chain for what stead has no setting for. */
  readonly stays: string | null
}

/** A longer chain is made to take time. */
const MAX_LINKS = 100

/**
 * Takes programs off the front of a command as long as stead has a setting for all that they are told; the
 * first that says more stays with all that follows.
 */
export function takeChain(words: readonly string[], chained: Chained): Taken {
  let command = words
  for (let links = 0; ; links += 1) {
    const name = command[0]?.replace(
      /^\/(?:usr\/)?(?:s?bin|command|local\/s?bin|package\/admin\/[^/]+\/command)\//,
      '',
    )
    const link = name === undefined || !Object.hasOwn(LINKS, name) ? undefined : LINKS[name]
    if (link === undefined) return { command, stays: null }
    if (links === MAX_LINKS) return { command, stays: name as string }
    // What is half understood must not be half set.
    const copy: Chained = { ...chained, limits: { ...chained.limits }, env: [...chained.env] }
    const own = link(command.slice(1), copy)
    if (own === null || own + 1 >= command.length) return { command, stays: name as string }
    Object.assign(chained, copy)
    command = command.slice(own + 1)
  }
}

/** Reads options as getopt(3) does; returns how many words they are, or null where one is not taken. */
function options(
  words: readonly string[],
  flags: string,
  take: (flag: string, value: string) => boolean,
): number | null {
  let at = 0
  for (; at < words.length; at += 1) {
    const word = words[at] as string
    if (word === '--') return at + 1
    if (!/^-./.test(word)) return at
    for (let i = 1; i < word.length; i += 1) {
      const flag = word[i] as string
      const place = flags.indexOf(flag)
      if (place === -1) return null
      if (flags[place + 1] !== ':') {
        if (!take(flag, '')) return null
        continue
      }
      const joined = i + 1 < word.length
      if (!joined) at += 1
      const value = joined ? word.slice(i + 1) : words[at]
      if (value === undefined || !take(flag, value)) return null
      break
    }
  }
  return at
}

/** `user:group:group`; numbers after a colon. All other groups are gone. */
function setAccount(text: string, chained: Chained): boolean {
  const [user, group, ...others] = text.replace(/^:/, '').split(':')
  if (!user) return false
  chained.user = user
  if (group) chained.group = group
  chained.supplementaryGroups = others
  return true
}

function setNumber(
  text: string,
  set: (value: number) => void,
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
): boolean {
  if (!/^[+-]?\d{1,15}$/.test(text) || Number(text) < least || Number(text) > most) return false
  set(Number(text))
  return true
}

function setLimit(flag: string, value: string, chained: Chained): boolean {
  const name = { o: 'openFiles', p: 'processes', c: 'coreSize' }[flag]
  return name !== undefined && setNumber(value, (number) => (chained.limits[name] = number))
}

function assignments(words: readonly string[], chained: Chained): number {
  let at = 0
  for (; at < words.length; at += 1) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(words[at] as string)
    if (match === null) break
    chained.env.push({ name: match[1] as string, value: match[2] as string })
  }
  return at
}

function setNice(words: readonly string[], chained: Chained): number | null {
  const short = /^-(\d+)$/.exec(words[0] ?? '')?.[1]
  const joined = /^--adjustment=(.+)$/.exec(words[0] ?? '')?.[1] ?? short
  const set = (text: string): boolean => setNumber(text, (value) => (chained.nice = value), -20, 19)
  if (joined !== undefined) return set(joined) ? 1 : null
  const own = options(words, 'n:', (_, value) => set(value))
  if (own === 0) chained.nice = 10
  return own
}

/** setpriv(1). */
function setPrivileges(words: readonly string[], chained: Chained): number | null {
  let at = 0
  for (; at < words.length && (words[at] as string).startsWith('-'); at += 1) {
    const [, name = '', joined] = /^--([a-z-]+)(?:=(.*))?$/s.exec(words[at] as string) ?? []
    if (name === 'init-groups') delete chained.supplementaryGroups
    else if (name === 'clear-groups') chained.supplementaryGroups = []
    else {
      if (joined === undefined) at += 1
      const value = joined ?? words[at]
      if (value === undefined) return null
      if (name === 'reuid') chained.user = value
      else if (name === 'regid') chained.group = value
      else if (name === 'groups') chained.supplementaryGroups = value.split(',')
      else return null
    }
  }
  return chained.user === undefined ? null : at
}

const account: Link = (words, chained) =>
  words[0] !== undefined && setAccount(words[0], chained) ? 1 : null

/** With the groups that the user has in the group database. */
const accountWithGroups: Link = (words, chained) => {
  const own = account(words, chained)
  if (!words[0]?.includes(':')) delete chained.supplementaryGroups
  return own
}

const directory: Link = (words, chained) => {
  const own = options(words, 'Ii', () => true)
  if (own === null || words[own] === undefined) return null
  chained.env.push({ directory: words[own], from: chained.cwd })
  return own + 1
}

const softLimit: Link = (words, chained) =>
  options(words, 'a:c:d:f:l:m:o:p:r:s:t:', (flag, value) => setLimit(flag, value, chained))

const LINKS: Readonly<Record<string, Link>> = {
  chpst: (words, chained) =>
    options(words, 'vPu:e:n:o:p:c:U:b:/:l:L:m:d:f:t:C:012', (flag, value) => {
      if (flag === 'u') return setAccount(value, chained)
      if (flag === 'e') return chained.env.push({ directory: value, from: chained.cwd }) > 0
      if (flag === 'n') return setNumber(value, (number) => (chained.nice = number), -20, 19)
      if (flag === 'C') {
        chained.cwd = value
        return true
      }
      // Every program of a guard has a session, and so a group, of its own.
      return flag === 'v' || flag === 'P' || setLimit(flag, value, chained)
    }),
  setuidgid: account,
  's6-setuidgid': accountWithGroups,
  gosu: accountWithGroups,
  'su-exec': accountWithGroups,
  envdir: directory,
  's6-envdir': directory,
  softlimit: softLimit,
  's6-softlimit': softLimit,
  setpriv: setPrivileges,
  nice: setNice,
  env: (words, chained) => assignments(words, chained) || null,
  export: (words, chained) => {
    const [name = '', value] = words
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || value === undefined) return null
    chained.env.push({ name, value })
    return 2
  },
  cd: (words, chained) => {
    if (words[0] === undefined) return null
    chained.cwd = words[0]
    return 1
  },
  umask: (words, chained) => {
    if (!/^0?[0-7]{1,3}$/.test(words[0] ?? '')) return null
    chained.umask = words[0] as string
    return 1
  },
  exec: (words) => (words[0]?.startsWith('-') ? null : 0),
  pgrphack: () => 0,
  's6-setsid': (words) => options(words, 'sbqgf', () => true),
  // Standard error goes where standard output goes.
  fdmove: (words) => (/^-c (?:2 1|1 2)$/.test(words.slice(0, 3).join(' ')) ? 3 : null),
  's6-notifyoncheck': (words, chained) => {
    let every = 1_000
    const own = options(words, 'ds:T:t:w:n:3:', (flag, value) => {
      if (flag === 'w') return setNumber(value, (number) => (every = number), 1)
      return 'dsTtn3'.includes(flag)
    })
    chained.checkEvery = every
    return own
  },
}
