import { quoteArgument } from '../../managers/windows-command-line.ts'
import { fixedVariables } from '../install-settings.ts'
import { type NsisPart, nsisString, variable } from './nsis-text.ts'
import type { NsisParts } from './parts.ts'

/** Calls the executable in the installed directory, and leaves its exit code in $0, what it said in $1. */
export function callVerb(parts: NsisParts, verb: string): string[] {
  const command = [...executable(parts), ` ${verb} --name ${parts.spec.name}`]
  return run(nsisString(...command))
}

export function run(command: string): string[] {
  return [`nsExec::ExecToStack ${command}`, 'Pop $0', 'Pop $1']
}

/** The name of the variable that holds a setting; capitals that NSIS does not have. */
export function settingVariable(property: string): string {
  return `Setting_${property}`
}

/**
 * The command that registers the service, as it is chosen on this machine: $Registration. It is kept, so that a failed
 * upgrade can register what was there before.
 */
export function composeRegistration(parts: NsisParts): string[] {
  const { spec, settings } = parts
  const { account, args } = spec.service ?? { account: null, args: [] }
  const fixed = fixedVariables(spec).map(
    ([name, value]) => ` --env ${quoteArgument(`${name}=${value}`)}`,
  )
  const command: NsisPart[] = [...executable(parts), ` install --name ${spec.name}`]
  if (account !== null) command.push(` --user ${quoteArgument(account)}`)
  command.push(' --restart ', variable(settingVariable('RESTART')), ...fixed)
  for (const { property, variable: name } of settings)
    command.push(` --env "${name}=`, variable(settingVariable(property)), '"')
  return [
    `StrCpy $Registration ${nsisString(...command)}`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a macro of NSIS
    '${If} $Setting_AUTOSTART == 1',
    '  StrCpy $Registration "$Registration --autostart"',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a macro of NSIS
    '${EndIf}',
    ...(args.length === 0
      ? []
      : [
          `StrCpy $Registration ${nsisString(variable('Registration'), ` -- ${args.map(quoteArgument).join(' ')}`)}`,
        ]),
  ]
}

function executable({ executable }: NsisParts): NsisPart[] {
  return ['"', variable('INSTDIR'), `\\${executable}"`]
}
