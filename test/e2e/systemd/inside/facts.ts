import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseMarker } from '../../../../src/managers/systemd/marker.ts'
import { parseDuration } from '../../../../src/model/duration.ts'
import { scope } from './manager.ts'

const directory =
  scope === 'system' ? '/etc/systemd/system' : join(process.env.HOME ?? '/', '.config/systemd/user')

/** All that systemd's directory holds of a unit, its links included. */
export function fingerprint(name: string): string | null {
  const unit = `${name}.service`
  const found: string[] = []
  if (existsSync(join(directory, unit))) found.push(readFileSync(join(directory, unit), 'utf8'))
  const entries = existsSync(directory) ? readdirSync(directory, { recursive: true }) : []
  found.push(...entries.map(String).filter((path) => path.includes(name)))
  return found.length === 0 ? null : found.sort().join('\n')
}

/** What systemd itself says of a unit, in the words and units of a spec. */
export function factsOf(name: string): Record<string, unknown> {
  const args = [`--${scope}`, 'show', `${name}.service`]
  const shown = new Map(
    execFileSync('systemctl', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
      .split('\n')
      .map((line): [string, string] => [
        line.split('=', 1)[0] as string,
        line.slice(line.indexOf('=') + 1),
      ]),
  )
  const text = (key: string): string => shown.get(key) ?? ''
  const unit = readFileSync(text('FragmentPath'), 'utf8')
  const marker = parseMarker(unit)
  const words = (known: string | null | undefined): string | null =>
    known != null && text('Description').includes(known) ? known : null
  return {
    displayName: words(marker?.displayName),
    description: words(marker?.description),
    startType: startTypeOf(text),
    'restart.when': text('Restart'),
    'restart.delay': span(text('RestartUSec')),
    'restart.limit': {
      count: Number(text('StartLimitBurst')),
      window: span(text('StartLimitIntervalUSec')),
    },
    startTimeout: span(text('TimeoutStartUSec')),
    stopTimeout: span(text('TimeoutStopUSec')),
    killMode: text('KillMode'),
    // systemd shows WatchdogUSec= of running services only; the file is what it read.
    watchdog: span(/^WatchdogSec=(.*)$/m.exec(unit)?.[1] ?? ''),
    'limits.memory': Number(text('MemoryMax')),
    'limits.cpu': (span(text('CPUQuotaPerSecUSec')) ?? 0) / 10,
    'limits.openFiles': Number(text('LimitNOFILE')),
    'limits.processes': Number(text('TasksMax')),
    harden: { full: 'standard', strict: 'strict' }[text('ProtectSystem')] ?? 'off',
    user: text('User'),
    group: text('Group'),
    dependsOn: text('Requires')
      .split(' ')
      .filter((unit) => unit.endsWith('.service'))
      .map((unit) => unit.slice(0, -'.service'.length)),
  }
}

/** `1min 30s` as milliseconds. */
function span(text: string): number | null {
  return parseDuration(text.replaceAll('min', 'm').replaceAll(' ', ''))
}

/** From what systemd would do at boot and at a request, not from what stead noted. */
function startTypeOf(text: (key: string) => string): string {
  if (text('RefuseManualStart') === 'yes') return 'disabled'
  if (text('UnitFileState') !== 'enabled') return 'manual'
  return /\b(multi-user|default)\.target\b/.test(text('After')) ? 'delayed' : 'auto'
}
