/** viewer: look. operator: verbs, signals and beats too. admin: everything. */
export type Role = 'viewer' | 'operator' | 'admin'

export const ROLES = ['viewer', 'operator', 'admin'] as const satisfies readonly Role[]

/** What a request needs: the roles grant them in this order, each with those before it. */
export type Permission = 'view' | 'operate' | 'administer'

/** Who may do what, as `access:` of stead.yaml has it. */
export interface AccessRule {
  readonly role: Role
  /** Names or numbers of users. */
  readonly users: readonly string[]
  /** Names or numbers of groups of users. */
  readonly groups: readonly string[]
  /** Of callers over TCP: `token NAME`, `certificate NAME`. */
  readonly identities: readonly string[]
  /** Names of services and of groups of them, and globs; empty for all, and then for the guard too. */
  readonly services: readonly string[]
  /** All have to fit. */
  readonly labels: Readonly<Record<string, string>>
}

/** A service as rules see it. */
export interface AccessScope {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** The groups that it is in. */
  readonly groups: readonly string[]
}

/** The same object until one of both changes. */
export interface GuardAccess {
  readonly rules: readonly AccessRule[]
  readonly services: readonly AccessScope[]
}
