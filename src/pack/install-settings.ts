import type { PackSpec } from '../model/pack-spec.ts'

/** A setting that whoever installs can choose, on the command line of an installer. */
export interface InstallSetting {
  /** As it is given: `ENV_PORT`. Windows Installer takes names in capitals alone (Public Properties). */
  readonly property: string
  /** The variable of the service's environment. */
  readonly variable: string
  readonly value: string
}

/** The variables of the service that can be settings; others are as the pack file has them. */
export function installSettings({ service }: PackSpec): readonly InstallSetting[] {
  return Object.entries(service?.env ?? {})
    .filter(isSetting)
    .map(([variable, value]) => ({ property: `ENV_${variable}`, variable, value }))
}

/** The variables that nobody chooses at an installation. */
export function fixedVariables({ service }: PackSpec): readonly (readonly [string, string])[] {
  return Object.entries(service?.env ?? {}).filter((entry) => !isSetting(entry))
}

/** Names in capitals, and values without what would need quoting in a command line that an installer composes. */
function isSetting([name, value]: readonly [string, string]): boolean {
  return /^[A-Z_][A-Z0-9_]*$/.test(name) && !/["\r\n]|\\$/.test(value)
}

/** Whether an installer starts the service and has it start with the machine, unless it is told otherwise. */
export function startsByItself({ service }: PackSpec): boolean {
  return service?.start === 'auto' && service.enable
}
