import type { PackSpec } from '../../model/pack-spec.ts'
import { makeUser } from '../linux/service-user.ts'
import { literal } from './literal.ts'

/**
 * The scripts of an rpm. `$1` is how many versions there will be afterwards: 1 for a new one, 2 for an upgrade, 0
 * for an end. An rpm has no purge: the user and the state stay, as on every system that has rpm.
 */
export function scriptlets(spec: PackSpec, unit: string | null): string[] {
  if (unit === null) return []
  const { service } = spec
  const byItself = service?.start === 'auto' && service.enable
  return [
    ...scriptlet('pre', makeUser(spec)),
    ...scriptlet('post', [
      ...(byItself
        ? ['if [ "$1" -eq 1 ]; then', `  systemctl --no-reload enable '${unit}' || :`, 'fi']
        : []),
      ...booted([
        'systemctl daemon-reload || :',
        ...(byItself ? [`if [ "$1" -eq 1 ]; then systemctl start '${unit}' || :; fi`] : []),
      ]),
    ]),
    ...scriptlet('preun', [
      'if [ "$1" -eq 0 ]; then',
      `  systemctl --no-reload disable '${unit}' || :`,
      ...booted([`systemctl stop '${unit}' || :`]).map((line) => `  ${line}`),
      'fi',
    ]),
    // After the old version's files are gone: what ran is started again with the new ones.
    ...scriptlet(
      'postun',
      booted([
        'systemctl daemon-reload || :',
        `if [ "$1" -ge 1 ]; then systemctl try-restart '${unit}' || :; fi`,
      ]),
    ),
  ]
}

function booted(lines: readonly string[]): string[] {
  return ['if [ -d /run/systemd/system ]; then', ...lines.map((line) => `  ${line}`), 'fi']
}

function scriptlet(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`%${name}`, ...lines.map(literal), '']
}
