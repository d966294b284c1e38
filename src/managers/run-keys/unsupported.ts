import type { Unsupported } from '../../model/plan.ts'
import { isSealed } from '../../model/ports/secret-opener.ts'
import { isSecretName } from '../../model/secret-names.ts'
import type { Scope, ServiceSpec } from '../../model/service-spec.ts'
import { WINDOWS_PROGRAM_DEFAULTS, windowsAsked } from '../../model/windows-settings.ts'
import { commandLine, fileProblem, MAX_COMMAND_LINE } from '../windows-command-line.ts'
import { environmentLacks, guardLacks } from '../windows-lacks.ts'
import { MAX_RUN_VALUE } from './run-command.ts'

/**
 * Settings that a start at logon, and the guard that it starts, cannot honour, each with the reason.
 *
 * @param value what would stand below Run
 * @param paths of stead, of which Windows replaces `%NAME%`
 */
export function unsupportedSettings(
  spec: ServiceSpec,
  scope: Scope,
  value: string,
  paths: readonly string[],
): Unsupported[] {
  const found: Unsupported[] = []
  const refuse = (setting: string, asked: boolean, reason: string): void => {
    if (asked) found.push({ setting, reason })
  }
  const itsUser = 'at logon a program runs as the user who logs on'
  refuse('user', spec.user !== null, `${itsUser}; another account has services: --manager scm`)
  refuse('group', spec.group !== null, itsUser)
  refuse(
    'dependsOn',
    spec.dependsOn.length > 0,
    'Windows starts what is below Run in no order; a program has to wait for what it needs by itself',
  )
  refuse('startType', spec.startType === 'delayed', 'Windows knows no delay for what is below Run')
  refuse('harden', spec.harden !== 'off', 'the presets are for systemd')
  for (const setting of windowsAsked({ ...spec.windows, ...WINDOWS_PROGRAM_DEFAULTS })) {
    refuse(setting, true, 'only a service of Windows has it: --manager scm')
  }
  for (const [name, text] of Object.entries(scope === 'system' ? spec.env : {})) {
    const shown = 'every user of this machine can read what starts at the logon of all'
    refuse(`env.${name}`, isSealed(text), `${shown}, and no user the key that opens it`)
    refuse(
      `env.${name}`,
      isSecretName(name) && !isSealed(text),
      `${shown}: a secret belongs in a file of each user's own, which the program reads`,
    )
  }
  refuse('file', spec.file.includes('"'), 'a path of Windows has no quote in it')
  refuse(
    'args',
    commandLine(spec.file, spec.args).length > MAX_COMMAND_LINE,
    `a command line has at most ${MAX_COMMAND_LINE} characters`,
  )
  if (spec.startType === 'auto') {
    refuse(
      'startType',
      value.length > MAX_RUN_VALUE,
      `a value below Run has at most ${MAX_RUN_VALUE} characters, and this one would have ${value.length}: install stead, or keep its home, under a shorter path`,
    )
    for (const path of paths) {
      const problem = fileProblem(path)
      refuse('startType', problem !== null, `the path of stead is ${path}: ${problem}`)
    }
  }
  return [...found, ...environmentLacks(spec), ...guardLacks(spec)]
}
