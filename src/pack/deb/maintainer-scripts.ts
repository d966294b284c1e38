import type { PackSpec } from '../../model/pack-spec.ts'
import { makeUser, removeUser } from '../linux/service-user.ts'

/** The scripts that dpkg runs (deb-postinst(5) and its neighbours), by their names. */
export type MaintainerScripts = Readonly<Record<'postinst' | 'prerm' | 'postrm', string>>

/**
 * Made of the calls that Debian's own tools use, so that `policy-rc.d` is heard and an administrator's
 * `systemctl disable` survives an upgrade: deb-systemd-helper(1p), deb-systemd-invoke(1p).
 *
 * @param unit null for a program that is no service
 */
export function maintainerScripts(spec: PackSpec, unit: string | null): MaintainerScripts {
  return {
    postinst: script(
      when('configure', [...makeUser(spec), ...(unit === null ? [] : begin(spec, unit))]),
    ),
    prerm: script(
      unit === null ? [] : when('remove', booted([`deb-systemd-invoke stop '${unit}'`])),
    ),
    postrm: script([
      ...(unit === null ? [] : when('remove', booted(['systemctl --system daemon-reload']))),
      ...when('purge', purge(spec, unit)),
    ]),
  }
}

/**
 * A new one is enabled where that was chosen and then started. At an upgrade the choice is the administrator's by
 * now: what runs or is enabled is started again, what is neither stays as it is.
 */
function begin({ service }: PackSpec, unit: string): string[] {
  const byItself = service?.start === 'auto' && service.enable
  const enabled = byItself
    ? [
        `deb-systemd-helper unmask '${unit}' >/dev/null || true`,
        `if deb-systemd-helper --quiet was-enabled '${unit}'; then`,
        `  deb-systemd-helper enable '${unit}' >/dev/null || true`,
        'else',
        `  deb-systemd-helper update-state '${unit}' >/dev/null || true`,
        'fi',
      ]
    : []
  return [
    ...enabled,
    ...booted([
      'systemctl --system daemon-reload',
      'if [ -n "$2" ]; then action=restart; else action=start; fi',
      `deb-systemd-invoke "$action" '${unit}'`,
    ]),
  ]
}

function purge(spec: PackSpec, unit: string | null): string[] {
  const { name } = spec
  return [
    ...(unit === null
      ? []
      : [
          'if [ -x /usr/bin/deb-systemd-helper ]; then',
          `  deb-systemd-helper purge '${unit}' >/dev/null || true`,
          'fi',
          // systemd.exec(5): the state of a service with a dynamic user is below private.
          `rm -rf '/var/lib/${name}' '/var/cache/${name}' '/var/log/${name}'`,
        ]),
    `rm -rf '/etc/${name}'`,
    ...removeUser(spec),
  ]
}

/** In a chroot or a container without systemd there is nobody to talk to. */
function booted(lines: readonly string[]): string[] {
  return ['if [ -d /run/systemd/system ]; then', ...lines.map(indent), 'fi']
}

function when(step: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  return [`if [ "$1" = ${step} ]; then`, ...lines.map(indent), 'fi']
}

function indent(line: string): string {
  return `  ${line}`
}

function script(lines: readonly string[]): string {
  return ['#!/bin/sh', 'set -e', ...lines, ''].join('\n')
}
