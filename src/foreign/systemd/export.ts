import {
  argumentProblem,
  directoryPath,
  environmentAssignment,
  environmentProblem,
  execLine,
  executableProblem,
  fileAsPattern,
  plainText,
} from '../../managers/systemd/quoting.ts'
import { isSealed } from '../../model/ports/secret-opener.ts'
import type { ProgramSpec } from '../../model/program-spec.ts'
import { type Exporter, isSet, type Losing, losing, SEALED } from '../exported.ts'

/** A unit for each program, and a target for the guard: systemd.service(5), as `stead install` writes them. */
export const exportSystemd: Exporter = (source) => {
  const { spec } = source
  const told = losing(source)
  const target = `${spec.project}.target`
  const byName = new Map(spec.services.map((one) => [one.name, one]))
  const unitsOf = (name: string): string[] => {
    const one = byName.get(name) ?? { name, instances: 1 }
    return Array.from({ length: one.instances }, (_, index) => unitName(one, index + 1))
  }
  const files = spec.services.flatMap((program) => {
    const text = unitOf(program, target, unitsOf, told)
    return text === null ? [] : [{ name: unitName(program), text }]
  })
  for (const { name, strategy, limit } of spec.groups) {
    if (strategy !== 'one_for_one' || limit !== null)
      told.lose(
        null,
        name,
        'systemd restarts no others with one that fails',
        'PartOf= and BindsTo=',
      )
    else told.lose(null, name, 'systemd has no groups', 'a target of your own')
  }
  const wants = spec.services
    .filter(({ autostart }) => autostart)
    .flatMap(({ name }) => unitsOf(name))
  const unit = [
    `[Unit]`,
    `Description=${plainText(spec.project)}`,
    ...wants.map((one) => `Wants=${one}`),
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ]
  files.push({ name: target, text: unit.join('\n') })
  return { files, losses: told.losses }
}

function unitName(
  { name, instances }: Pick<ProgramSpec, 'name' | 'instances'>,
  instance?: number,
): string {
  return instances === 1 ? `${name}.service` : `${name}@${instance ?? ''}.service`
}

function unitOf(
  program: ProgramSpec,
  target: string,
  unitsOf: (name: string) => readonly string[],
  { lose }: Losing,
): string | null {
  const { name, command, env } = program
  const [file, ...args] = command
  const problem =
    executableProblem(file) ?? args.map(argumentProblem).find((one) => one !== null) ?? null
  if (problem !== null) {
    lose(name, 'command', `the whole program is left out: ${problem}`)
    return null
  }
  const service = [
    ...typeOf(program),
    `ExecStart=${execLine(file, args)}`,
    `WorkingDirectory=${directoryPath(program.cwd)}`,
  ]
  for (const [key, value] of Object.entries(env)) {
    const wrong = isSealed(value) ? SEALED : environmentProblem(key, value)
    if (wrong === null) service.push(`Environment=${environmentAssignment(key, value)}`)
    else lose(name, `env.${key}`, wrong)
  }
  if (program.instances > 1) service.push('Environment=STEAD_INSTANCE=%i')
  if (program.envFile !== null) service.push(`EnvironmentFile=${fileAsPattern(program.envFile)}`)
  if (program.envFile !== null && Object.keys(env).length > 0)
    lose(
      name,
      'envFile',
      'for systemd the file wins over env, for stead env wins',
      'no name in both',
    )
  if (program.user !== null) service.push(`User=${plainText(program.user)}`)
  if (program.group !== null) service.push(`Group=${plainText(program.group)}`)
  if (program.supplementaryGroups !== null)
    service.push(`SupplementaryGroups=${program.supplementaryGroups.join(' ')}`)
  if (program.umask !== null) service.push(`UMask=${program.umask.toString(8).padStart(4, '0')}`)
  if (program.nice !== null) service.push(`Nice=${program.nice}`)
  service.push(...restartLines(program, lose), `TimeoutStartSec=${program.startTimeout}ms`)
  service.push(
    ...stopLines(program, lose),
    ...reloadLines(program),
    ...limitLines(program),
    ...logLines(program, lose),
  )
  loseRest(program, lose)
  const needs = Object.entries(program.dependsOn).flatMap(([other, how]) => {
    if (how === 'healthy')
      lose(name, `dependsOn.${other}`, 'systemd has no health checks, and waits for the start')
    const units = unitsOf(other).join(' ')
    return [how === 'completed' ? `Wants=${units}` : `Requires=${units}`, `After=${units}`]
  })
  const { limit } = program.restart
  const unit = [
    `Description=${plainText(program.description ?? name)}`,
    `PartOf=${target}`,
    ...needs,
    ...(limit === null
      ? ['StartLimitIntervalSec=0']
      : [`StartLimitIntervalSec=${limit.window}ms`, `StartLimitBurst=${limit.count + 1}`]),
  ]
  const sections = [
    ['[Unit]', ...unit],
    ['[Service]', ...service],
  ]
  if (program.autostart) sections.push(['[Install]', `WantedBy=${target}`])
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function typeOf({ type, ready, protocol }: ProgramSpec): string[] {
  if (ready?.kind === 'notify' || protocol === 'native') return ['Type=notify', 'NotifyAccess=main']
  return type === 'job' ? ['Type=oneshot', 'RemainAfterExit=yes'] : ['Type=exec']
}

function restartLines({ name, restart, type }: ProgramSpec, lose: Losing['lose']): string[] {
  const { when, strategy, delay, factor, immediate } = restart
  if (when === 'no' || strategy === 'manual') return ['Restart=no']
  const seconds = `RestartSec=${strategy === 'immediate' ? 0 : delay}ms`
  if (strategy === 'exponential' && (factor !== 1 || immediate > 0))
    lose(
      name,
      'restart',
      'delays do not grow, and the first restart waits as well',
      'RestartSteps= and RestartMaxDelaySec=, from systemd 254 on',
    )
  if (typeof when === 'object')
    return [
      'Restart=no',
      `RestartForceExitStatus=${[...when.codes, ...when.signals].join(' ')}`,
      seconds,
    ]
  return [`Restart=${type === 'job' ? 'on-failure' : when}`, seconds]
}

function stopLines({ name, stop }: ProgramSpec, lose: Losing['lose']): string[] {
  const asks = stop.filter(
    ({ action }) => !(action.kind === 'signal' && action.signal === 'SIGKILL'),
  )
  const commands = asks.filter(({ action }) => action.kind === 'command')
  const [first, ...more] = asks.filter(({ action }) => action.kind === 'signal')
  const total = asks.reduce((sum, { wait }) => Math.max(sum, wait), 0)
  const lines = commands.map(({ action }) =>
    action.kind === 'command'
      ? `ExecStop=${execLine(action.command[0], action.command.slice(1))}`
      : '',
  )
  if (first?.action.kind === 'signal') {
    const { signal, to } = first.action
    lines.push(`KillSignal=${signal}`, `KillMode=${to === 'leader' ? 'mixed' : 'control-group'}`)
    if (to === 'group')
      lose(name, 'stop', 'the signal goes to all processes of it, not to its group')
  }
  if (more.length > 0)
    lose(name, 'stop', 'systemd sends one signal before SIGKILL', 'ExecStop= with a script')
  return [...lines, `TimeoutStopSec=${total === 0 ? 1 : total}ms`]
}

function reloadLines({ reload }: ProgramSpec): string[] {
  if (reload.kind === 'signal')
    return [`ExecReload=/bin/kill -s ${reload.signal.replace(/^SIG/, '')} $MAINPID`]
  return reload.kind === 'command'
    ? [`ExecReload=${execLine(reload.command[0], reload.command.slice(1))}`]
    : []
}

function limitLines({ limits, heartbeat, fdStoreMax }: ProgramSpec): string[] {
  const { memory, cpu, openFiles, processes, coreSize } = limits
  return [
    ...(memory === null ? [] : [`MemoryMax=${memory}`]),
    ...(cpu === null ? [] : [`CPUQuota=${cpu}%`]),
    ...(openFiles === null ? [] : [`LimitNOFILE=${openFiles}`]),
    ...(processes === null ? [] : [`LimitNPROC=${processes}`]),
    ...(coreSize === null ? [] : [`LimitCORE=${coreSize}`]),
    ...(fdStoreMax === 0 ? [] : [`FileDescriptorStoreMax=${fdStoreMax}`]),
    ...(heartbeat === null ? [] : [`WatchdogSec=${heartbeat.every * heartbeat.misses}ms`]),
  ]
}

function logLines({ name, log }: ProgramSpec, lose: Losing['lose']): string[] {
  if (log.format === 'off') return ['StandardOutput=null', 'StandardError=null']
  if (log.file === null) return []
  lose(
    name,
    'log',
    'systemd writes the file and never rotates it',
    'logrotate(8) with copytruncate',
  )
  return [`StandardOutput=append:${log.file.replaceAll('%', '%%')}`, 'StandardError=inherit']
}

function loseRest(program: ProgramSpec, lose: Losing['lose']): void {
  const { name, ready, heartbeat, limits, cgroup } = program
  if (ready !== null && ready.kind !== 'notify')
    lose(
      name,
      'ready',
      'systemd asks nobody whether it is ready',
      'READY=1 by the program itself: ready: { notify: true }',
    )
  if (isSet(program, 'needs'))
    lose(
      name,
      'needs',
      'systemd waits for units alone',
      'a unit of Type=oneshot that ends when all is there, with Requires= and After=',
    )
  if (isSet(program, 'health')) lose(name, 'health', 'systemd has no health checks', 'heartbeat')
  if (heartbeat?.forward != null) lose(name, 'heartbeat.forward', 'systemd forwards no beats')
  if (isSet(program, 'reloadOn'))
    lose(name, 'reloadOn', 'a unit watches no files', 'a path unit with systemctl reload')
  if (isSet(program, 'restartAt'))
    lose(
      name,
      'restartAt',
      'systemd restarts nothing by the calendar',
      'a timer with systemctl restart',
    )
  if (isSet(program, 'startSeconds'))
    lose(name, 'startSeconds', 'a start counts when the program runs')
  if (isSet(program, 'windows')) lose(name, 'windows', 'systemd does not run on Windows')
  if (isSet(program, 'labels')) lose(name, 'labels', 'units have no labels')
  if (isSet(program, 'sockets'))
    lose(
      name,
      'sockets',
      'systemd opens sockets in units of their own',
      'a unit NAME.socket with ListenStream=',
    )
  // In a control group the kernel ends it for stead too; a unit is one.
  if (limits.memory !== null && !cgroup)
    lose(name, 'limits.memory', 'the kernel ends it there; stead restarts it in order')
  if (limits.cpu !== null) lose(name, 'limits.cpu', 'systemd slows it down; stead restarts it')
}
