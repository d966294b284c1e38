import { SteadError } from '../errors.ts'
import type { AccessRule, AccessScope, GuardAccess, Permission, Role } from '../model/access.ts'
import { isGlob, nameGlob } from '../model/name-glob.ts'
import type { Caller } from '../model/ports/guard-api.ts'

export interface AccessParts {
  /** The rules and the services as they are at that moment. */
  readonly current: () => GuardAccess
  /** The guard's own user, who may do everything, as root may; null where users have no numbers. */
  readonly owner: number | null
  /** On Windows: SIDs of users and groups who may do everything. */
  readonly trusted?: readonly string[]
  /** Null where there is nobody of that name. */
  readonly uidOf: (name: string) => number | null
  readonly gidOf: (name: string) => number | null
}

/** Who may do what to which service: one answer for every way in. */
export interface Access {
  /** True for somebody who may do anything at all. */
  knows(caller: Caller): boolean
  /** @param service its name; null for the guard as a whole; undefined for any service or the guard */
  may(caller: Caller, permission: Permission, service?: string | null): boolean
  /**
   * @param services names; null for the guard as a whole
   * @param action what is asked for, for the message: `restart api`
   * @throws RIGHTS naming the first service that is not the caller's
   */
  authorise(
    caller: Caller,
    permission: Permission,
    services: readonly string[] | null,
    action: string,
  ): void
  /** The services that a caller may see; null for all, also those that come. */
  visible(caller: Caller): ReadonlySet<string> | null
}

const RANK: Readonly<Record<Permission, number>> = { view: 1, operate: 2, administer: 3 }
const RANK_OF_ROLE: Readonly<Record<Role, number>> = { viewer: 1, operator: 2, admin: 3 }
/** The role that grants it. */
export const ROLE: Readonly<Record<Permission, Role>> = {
  view: 'viewer',
  operate: 'operator',
  administer: 'admin',
}
/** Callers whose grants are remembered at a time. */
const MOST_KNOWN = 1_000

/** What one caller may do, as ranks. */
interface Grants {
  /** To everything, and to the guard itself. */
  readonly everywhere: number
  /** The highest of any kind. */
  readonly best: number
  readonly on: (service: string) => number
  readonly visible: ReadonlySet<string> | null
}

export function accessControl(parts: AccessParts): Access {
  let rulesFor: GuardAccess | null = null
  let known = new Map<string, Grants>()

  function grantsOf(caller: Caller): Grants {
    if (isOwner(caller, parts)) return EVERYTHING
    const access = parts.current()
    if (access !== rulesFor || known.size > MOST_KNOWN) {
      known = new Map()
      rulesFor = access
    }
    const { uid, gid, groups = [], identity } = caller
    const key = `${uid} ${gid} ${groups.join()} ${caller.sid ?? ''} ${identity ?? ''}`
    const found = known.get(key) ?? grantsBy(access, (rule) => meets(rule, caller))
    known.set(key, found)
    return found
  }

  function meets(rule: AccessRule, { uid, gid, groups = [], identity }: Caller): boolean {
    if (identity !== undefined) return rule.identities.includes(identity)
    if (uid === null) return false
    if (rule.users.some((name) => idOf(name, parts.uidOf) === uid)) return true
    return rule.groups.some((name) => {
      const id = idOf(name, parts.gidOf)
      return id !== null && (id === gid || groups.includes(id))
    })
  }

  const access: Access = {
    knows: (caller) => grantsOf(caller).best > 0,
    may(caller, permission, service) {
      const grants = grantsOf(caller)
      const rank =
        service === undefined
          ? grants.best
          : service === null
            ? grants.everywhere
            : grants.on(service)
      return rank >= RANK[permission]
    },
    authorise(caller, permission, services, action) {
      const lacking = services?.find((name) => !access.may(caller, permission, name))
      if (services === null ? access.may(caller, permission, null) : lacking === undefined) return
      throw refusal(ROLE[permission], lacking ?? null, action)
    },
    visible: (caller) => grantsOf(caller).visible,
  }
  return access
}

export function refusal(role: Role, service: string | null, action: string): SteadError<'RIGHTS'> {
  const where = service === null ? 'everything of this guard' : service
  return new SteadError('RIGHTS', {
    action,
    right: `the role ${role} for ${where}`,
    remedy: `ask as its user or root (sudo), or have that role given by access: in stead.yaml, and taken over: stead apply`,
  })
}

const EVERYTHING: Grants = { everywhere: 3, best: 3, on: () => 3, visible: null }

/** On a system that does not tell who connects only its owner can connect at all. */
function isOwner(
  { uid, sid, sids = [], identity }: Caller,
  { owner, trusted }: Pick<AccessParts, 'owner' | 'trusted'>,
): boolean {
  if (identity !== undefined) return false
  if (trusted !== undefined) {
    return sid !== undefined && [sid, ...sids].some((one) => trusted.includes(one))
  }
  return owner === null ? uid === null : uid === 0 || uid === owner
}

function grantsBy({ rules, services }: GuardAccess, meets: (rule: AccessRule) => boolean): Grants {
  const own = rules.filter(meets)
  const best = highest(own)
  const everywhere = highest(own.filter(isForAll))
  const limited = own.filter((rule) => !isForAll(rule)).map((rule) => [rule, fitOf(rule)] as const)
  const rankOf = (scope: AccessScope): number =>
    Math.max(everywhere, highest(limited.flatMap(([rule, fits]) => (fits(scope) ? [rule] : []))))
  const ranks = new Map(services.map((scope) => [scope.name, rankOf(scope)]))
  return {
    everywhere,
    best,
    // What has been removed is judged by its name alone.
    on: (name) => ranks.get(name) ?? rankOf({ name, labels: {}, groups: [] }),
    visible:
      everywhere > 0
        ? null
        : new Set([...ranks].flatMap(([name, rank]) => (rank > 0 ? [name] : []))),
  }
}

function isForAll({ services, labels }: AccessRule): boolean {
  return services.length === 0 && Object.keys(labels).length === 0
}

function highest(rules: readonly AccessRule[]): number {
  return rules.reduce((rank, { role }) => Math.max(rank, RANK_OF_ROLE[role]), 0)
}

function fitOf({ services, labels }: AccessRule): (scope: AccessScope) => boolean {
  const names = new Set(services.filter((name) => !isGlob(name)))
  const globs = services.filter(isGlob).map(nameGlob)
  const wanted = Object.entries(labels)
  return (scope) =>
    (services.length === 0 ||
      names.has(scope.name) ||
      scope.groups.some((group) => names.has(group)) ||
      globs.some((glob) => glob.test(scope.name))) &&
    wanted.every(([key, value]) => scope.labels[key] === value)
}

/** A number stands for itself. */
function idOf(name: string, lookUp: (name: string) => number | null): number | null {
  return /^\d{1,10}$/.test(name) ? Number(name) : lookUp(name)
}
