import type { PackSpec } from '../../model/pack-spec.ts'

/** The user that a package makes for its service; null where the service is root's, or there is none. */
export function serviceUser({ service }: PackSpec): string | null {
  const account = service?.account ?? null
  return account === 'root' ? null : account
}

/** By this comment (passwd(5), GECOS) a package knows the user that it made itself. */
function comment(name: string): string {
  return `made by the package ${name}`
}

/**
 * Makes the user where there is none of that name. `useradd --system` gives no aging and no home; the state
 * of the service is in the directory that systemd makes.
 */
export function makeUser(spec: PackSpec): string[] {
  const user = serviceUser(spec)
  if (user === null) return []
  return [
    `if ! getent passwd '${user}' >/dev/null; then`,
    `  useradd --system --user-group --home-dir '/var/lib/${spec.name}' --no-create-home \\`,
    `    --shell /usr/sbin/nologin --comment '${comment(spec.name)}' '${user}'`,
    'fi',
  ]
}

/** Removes the user, but only one that the package made. */
export function removeUser(spec: PackSpec): string[] {
  const user = serviceUser(spec)
  if (user === null) return []
  return [
    `if [ "$(getent passwd '${user}' | cut -d: -f5)" = '${comment(spec.name)}' ]; then`,
    `  userdel '${user}'`,
    'fi',
  ]
}
