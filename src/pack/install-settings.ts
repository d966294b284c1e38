import type { PackSpec } from '../model/pack-spec.ts'
import { UPDATE_SWITCH } from '../model/update-switch.ts'

/** A setting that whoever installs can choose, on the command line of an installer. */
export interface InstallSetting {
  /** As it is given: `ENV_PORT`. Windows Installer takes names in capitals alone (Public Properties). */
  readonly property: string
  /** The variable of the service's environment. */
  readonly variable: string
  readonly value: string
}

/** Whether the program may update itself; there where it was packed with a key for that. */
export const ENABLE_UPDATE = 'ENABLE_UPDATE'

/**
 * For `install`, where the program may have updated itself: whether an older version may take its place is
 * for the installer to say, which has looked.
 */
export const ALLOW_OLDER_WORD = '--allow-older'

/**
 * The variables of the service that can be settings; others are as the pack file has them.
 *
 * @param enableUpdate what ENABLE_UPDATE is where the pack file does not say so
 */
export function installSettings(
  { service, update }: PackSpec,
  enableUpdate: '0' | '1' = '1',
): readonly InstallSetting[] {
  const env = service?.env ?? {}
  const updates = {
    property: ENABLE_UPDATE,
    variable: UPDATE_SWITCH,
    value: env[UPDATE_SWITCH] ?? enableUpdate,
  }
  return [
    ...(service === null || update === null ? [] : [updates]),
    ...Object.entries(env)
      .filter(isSetting)
      .map(([variable, value]) => ({ property: `ENV_${variable}`, variable, value })),
  ]
}

/** The variables that nobody chooses at an installation. */
export function fixedVariables({
  service,
  update,
}: PackSpec): readonly (readonly [string, string])[] {
  return Object.entries(service?.env ?? {}).filter(
    (entry) => !isSetting(entry) && (update === null || entry[0] !== UPDATE_SWITCH),
  )
}

/** Names in capitals, and values without what would need quoting in a command line that an installer composes. */
function isSetting([name, value]: readonly [string, string]): boolean {
  return name !== UPDATE_SWITCH && /^[A-Z_][A-Z0-9_]*$/.test(name) && !/["\r\n]|\\$/.test(value)
}

/** Whether an installer starts the service and has it start with the machine, unless it is told otherwise. */
export function startsByItself({ service }: PackSpec): boolean {
  return service?.start === 'auto' && service.enable
}
