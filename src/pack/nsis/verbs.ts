import { quoteArgument } from '../../managers/windows-command-line.ts'
import type { PackSpec } from '../../model/pack-spec.ts'
import { ALLOW_OLDER_WORD, fixedVariables, installSettings } from '../install-settings.ts'
import { folderName } from '../windows-names.ts'
import { LONGEST_TEXT, type NsisPart, nsisString, variable } from './nsis-text.ts'
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
 * upgrade can register what was there before. Where it does not fit into a variable, $Failure says so.
 */
export function composeRegistration(parts: NsisParts): string[] {
  const { front, behind } = registration(parts)
  return [
    `StrCpy $Registration ${nsisString(...front)}`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a macro of NSIS
    '${If} $Setting_AUTOSTART == 1',
    `  StrCpy $Registration "$Registration${AUTOSTART}"`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a macro of NSIS
    '${EndIf}',
    ...(behind === ''
      ? []
      : [`StrCpy $Registration ${nsisString(variable('Registration'), behind)}`]),
    'StrLen $R0 $Registration',
    `\${If} $R0 >= ${LONGEST_TEXT}`,
    '  StrCpy $Failure "$(TooLong)"',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a macro of NSIS
    '${EndIf}',
  ]
}

const AUTOSTART = ' --autostart'

/** What stands before and behind the switch that has the service start by itself. */
function registration(parts: Pick<NsisParts, 'spec' | 'settings' | 'executable'>): {
  readonly front: readonly NsisPart[]
  readonly behind: string
} {
  const { spec, settings } = parts
  const { account, args } = spec.service ?? { account: null, args: [] }
  const fixed = fixedVariables(spec).map(
    ([name, value]) => ` --env ${quoteArgument(`${name}=${value}`)}`,
  )
  const front: NsisPart[] = [...executable(parts), ` install --name ${spec.name}`]
  if (spec.update !== null) front.push(` ${ALLOW_OLDER_WORD}`)
  if (account !== null) front.push(` --user ${quoteArgument(account)}`)
  front.push(' --restart ', variable(settingVariable('RESTART')), ...fixed)
  for (const { property, variable: name } of settings)
    front.push(` --env "${name}=`, variable(settingVariable(property)), '"')
  return { front, behind: args.length === 0 ? '' : ` -- ${args.map(quoteArgument).join(' ')}` }
}

/** The command as it is where nobody chooses another directory or setting, at its longest. */
export function usualRegistration(spec: PackSpec): string {
  const settings = installSettings(spec)
  const { front, behind } = registration({ spec, settings, executable: `${spec.name}.exe` })
  const values = new Map([
    ['INSTDIR', usualDirectory(spec)],
    [settingVariable('RESTART'), 'on-failure'],
    ...settings.map(({ property, value }) => [settingVariable(property), value] as const),
  ])
  const text = front.map((part) =>
    typeof part === 'string' ? part : (values.get(part.variable) ?? ''),
  )
  return `${text.join('')}${AUTOSTART}${behind}`
}

/** Where it is installed unless somebody says otherwise. */
export function usualDirectory(spec: PackSpec): string {
  return `C:\\Program Files\\${folderName(spec)}`
}

function executable({ executable }: Pick<NsisParts, 'executable'>): NsisPart[] {
  return ['"', variable('INSTDIR'), `\\${executable}"`]
}
