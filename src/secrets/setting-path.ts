/**
 * The path of a setting as a person writes it: `services.web.env.DB_PASSWORD`; where a name has a dot
 * in it as a JSON pointer (RFC 6901): `/services/web/env/some.name`.
 *
 * @returns null for what is neither
 */
export function parseSettingPath(text: string): readonly string[] | null {
  if (!text.startsWith('/')) {
    const names = text.split('.')
    return names.includes('') ? null : names
  }
  const names = text.slice(1).split('/')
  if (names.some((name) => /~(?![01])/.test(name))) return null
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
}
