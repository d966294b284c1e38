import type { Scope, ServiceSpec } from '../../model/service-spec.ts'
import { settingsForGuard } from './by-itself.ts'
import { usesHomes } from './hardening.ts'
import { bootTarget } from './render-unit.ts'

/** What systemd honours in a way worth knowing. */
export function notesOn(spec: ServiceSpec, scope: Scope): string[] {
  const needs = settingsForGuard(spec)
  const notes = [residentNote(spec.name, needs)]
  const starts = spec.startType === 'auto' || spec.startType === 'delayed'
  if (spec.startType === 'delayed') {
    notes.push(`delayed: it starts once ${bootTarget(scope)} is reached`)
  }
  if (spec.startType === 'disabled') {
    notes.push('disabled: systemd refuses every start, also as a dependency of another unit')
  }
  if (starts && scope === 'user') {
    notes.push(
      'it starts with your systemd: at boot if lingering is on, which stead asks for; ' +
        'where the machine refuses that, at your first login (as root: loginctl enable-linger USER)',
    )
  }
  if (needs.length === 0 && spec.restart.when === 'on-failure') {
    notes.push(
      'restart on-failure: an end by SIGHUP, SIGINT, SIGTERM or SIGPIPE is no failure to systemd',
    )
  }
  if (spec.killMode === 'none' || spec.killMode === 'process') {
    notes.push(`killMode ${spec.killMode}: a stop may leave processes of the service behind`)
  }
  const limited = Object.values(spec.limits).some((limit) => limit !== null)
  if (needs.length > 0) notes.push(...guardNotes(spec, limited))
  else if (scope === 'user' && limited) {
    notes.push("limits of a user's service hold as far as the machine lets its users set them")
  }
  if (spec.harden !== 'off') {
    notes.push('hardened: its /tmp and /var/tmp are its own, not those that others see')
  }
  if (spec.harden === 'strict') {
    notes.push(
      spec.cwd === null
        ? 'strict: it can write nowhere but in its own /tmp and /var/tmp'
        : `strict: it can write nowhere but in its own /tmp and /var/tmp, and in ${spec.cwd}`,
    )
    if (usesHomes(spec)) notes.push('strict: it lies in a home directory, so homes stay readable')
  }
  const text = [spec.displayName, spec.description].join(' ')
  if (/[\r\n]/.test(text)) notes.push('the description is shown on one line')
  return notes
}

/** Who stays, and for what: the lightest guard that can honour the spec. */
function residentNote(name: string, needs: readonly string[]): string {
  return needs.length === 0
    ? 'systemd itself starts, watches and restarts it; nothing of stead stays resident'
    : `a guard of its own stays resident (stead run ${name}), for what systemd does not know: ${needs.join(', ')}`
}

function guardNotes({ user }: ServiceSpec, limited: boolean): string[] {
  return [
    'the guard starts, watches and restarts the program; systemd does so with the guard',
    'what the program writes is in a log of the guard (stead logs), not in the journal; the journal has what the guard did',
    ...(user === null ? [] : [`the guard runs as root, and the program as ${user}`]),
    ...(limited
      ? [
          'limits.memory and limits.cpu are measured by the guard, which restarts what is above them',
        ]
      : []),
  ]
}
