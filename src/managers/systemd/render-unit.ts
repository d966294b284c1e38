import { type Home, parameterDirectory } from '../../model/home.ts'
import type { Scope, ServiceSpec } from '../../model/service-spec.ts'
import { FAILED_FOR_GOOD, serviceOfGuard } from '../guard-unit.ts'
import { serviceEnvironment } from '../service-environment.ts'
import { settingsForGuard, stopByItself } from './by-itself.ts'
import { hardening } from './hardening.ts'
import { renderMarker } from './marker.ts'
import {
  directoryPath,
  environmentAssignment,
  execLine,
  fileAsPattern,
  pathWord,
  plainText,
} from './quoting.ts'

/** The target that a service belongs to which starts by itself, systemd.special(7). */
export function bootTarget(scope: Scope): string {
  return scope === 'system' ? 'multi-user.target' : 'default.target'
}

/**
 * The text of the unit file: systemd.unit(5), systemd.service(5). Pure.
 *
 * @param stead how stead is started, for a service that needs its guard
 */
export function renderUnit(
  asked: ServiceSpec,
  scope: Scope,
  home: Home,
  stead: readonly string[],
): string {
  const guarded = settingsForGuard(asked).length > 0
  const spec = guarded ? serviceOfGuard(asked, stead, scope) : asked
  const sections = [
    ['[Unit]', ...unitSection(spec, scope)],
    [
      '[Service]',
      ...serviceSection(spec, home),
      // A program that failed for good stays so; a guard that died is started again.
      ...(guarded ? [`RestartPreventExitStatus=${FAILED_FOR_GOOD}`] : []),
      // Below the group of the unit, the guard's programs have theirs (systemd.resource-control(5)).
      ...(guarded && asked.guard?.cgroup === true ? ['Delegate=yes'] : []),
    ],
    ...(spec.startType === 'disabled' ? [] : [['[Install]', `WantedBy=${bootTarget(scope)}`]]),
    renderMarker(spec, home),
  ]
  return `# Written by stead, which replaces it at the next "stead install ${spec.name}".\n${sections
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

export function unitSection(spec: ServiceSpec, scope: Scope): string[] {
  const lines = [`Description=${plainText(descriptionOf(spec))}`]
  for (const name of spec.dependsOn) {
    lines.push(`Requires=${name}.service`, `After=${name}.service`)
  }
  if (scope === 'system') lines.push('After=network.target')
  // A target waits for what it wants, unless that is ordered after it (systemd.target(5), "Default Dependencies").
  if (spec.startType === 'delayed') lines.push(`After=${bootTarget(scope)}`)
  if (spec.startType === 'disabled') lines.push('RefuseManualStart=yes', 'AssertPathExists=!/')
  const { limit } = spec.restart
  if (limit === null) lines.push('StartLimitIntervalSec=0')
  else {
    lines.push(`StartLimitIntervalSec=${time(limit.window)}`, `StartLimitBurst=${limit.count}`)
  }
  return lines
}

export function serviceSection(spec: ServiceSpec, home: Home): string[] {
  const { guard } = spec
  const stop = guard?.asked.includes('stop') ? stopByItself(guard) : null
  const lines = [...typeOf(spec), ...reloadOf(spec)]
  lines.push(`ExecStart=${execLine(spec.file, spec.args)}`)
  if (spec.cwd !== null) lines.push(`WorkingDirectory=${directoryPath(spec.cwd)}`)
  for (const [name, value] of Object.entries(serviceEnvironment(spec, home))) {
    lines.push(`Environment=${environmentAssignment(name, value)}`)
  }
  if (spec.envFile !== null) lines.push(`EnvironmentFile=${fileAsPattern(spec.envFile)}`)
  if (spec.user !== null) lines.push(`User=${plainText(spec.user)}`)
  if (spec.group !== null) lines.push(`Group=${plainText(spec.group)}`)
  lines.push(
    `Restart=${spec.restart.when}`,
    `RestartSec=${time(spec.restart.delay)}`,
    `TimeoutStartSec=${time(spec.startTimeout)}`,
    `TimeoutStopSec=${time(stop?.wait ?? spec.stopTimeout)}`,
    `KillMode=${spec.killMode}`,
    ...(stop === null ? [] : [`KillSignal=${stop.signal}`]),
    `SyslogIdentifier=${spec.name}`,
  )
  if (spec.watchdog !== null) lines.push(`WatchdogSec=${time(spec.watchdog)}`)
  return [...lines, ...limits(spec), ...hardening(spec), ...ownPlaces(spec, home)]
}

/** Where it answers to those who set its parameters, in a file system that is else read-only for it. */
function ownPlaces(spec: ServiceSpec, home: Home): string[] {
  if (spec.harden !== 'strict' || spec.protocol !== 'native') return []
  return [`ReadWritePaths=${pathWord(`-${parameterDirectory(home, spec.name)}`)}`]
}

function typeOf({ protocol, guard }: ServiceSpec): string[] {
  if (protocol === 'native') return ['Type=notify', 'NotifyAccess=main']
  // 143 is how a runtime that handles SIGTERM says that it was ended by it; Java is one.
  const success = 'SuccessExitStatus=143'
  return guard?.ready?.kind === 'notify'
    ? ['Type=notify', 'NotifyAccess=main', success]
    : ['Type=exec', success]
}

function reloadOf({ protocol, guard }: ServiceSpec): string[] {
  if (guard?.reload.kind === 'signal') {
    return [`ExecReload=/bin/kill -s ${guard.reload.signal.replace(/^SIG/, '')} $MAINPID`]
  }
  return protocol === 'native' ? ['ExecReload=/bin/kill -HUP $MAINPID'] : []
}

function limits({ limits }: ServiceSpec): string[] {
  const lines: string[] = []
  if (limits.memory !== null) lines.push(`MemoryMax=${limits.memory}`)
  if (limits.cpu !== null) lines.push(`CPUQuota=${limits.cpu}%`)
  if (limits.openFiles !== null) lines.push(`LimitNOFILE=${limits.openFiles}`)
  if (limits.processes !== null) lines.push(`TasksMax=${limits.processes}`)
  return lines
}

function descriptionOf({ name, displayName, description }: ServiceSpec): string {
  const texts = [displayName, description].filter((text) => text !== null && text.trim() !== '')
  return texts.length === 0 ? name : texts.join(' - ')
}

/** systemd.time(7); a bare 0 would mean "for ever" in some settings, so the unit is always there. */
function time(milliseconds: number): string {
  return `${milliseconds}ms`
}
