import { quoteArgument } from '../../managers/windows-command-line.ts'
import type { StagedProduct } from '../../model/staged-product.ts'
import { ALLOW_OLDER_WORD, fixedVariables, installSettings } from '../install-settings.ts'
import { type Action, setProperty } from './actions.ts'
import { OWNER, PREVIOUS_DIRECTORY, REGISTRATION } from './choices.ts'
import { unformatted } from './xml.ts'

const IS_OWNER = `${OWNER} = ProductCode`

/** Custom Action Types 18 and 34: an executable, named by its key in the table File, or on its command line. */
const OF_THE_PRODUCT = 18
const IN_A_DIRECTORY = 34

/**
 * An executable of the product in the script of the rollback (1024 + 256), as the system (2048); its exit code is
 * not looked at (64), as the rest has to be taken back as well.
 */
const ROLLBACK = OF_THE_PRODUCT + 64 + 256 + 1024 + 2048
/** `--autostart`, or nothing. */
const AUTOSTART_WORD = 'AutostartWord'

/**
 * The words behind the executable that register the service, formatted: every property in it has been looked at
 * (LaunchCondition) and stands within quotes.
 */
export function registration({ spec }: Pick<StagedProduct, 'spec'>): string {
  const { account, args } = spec.service ?? { account: null, args: [] }
  const words = [
    // What it prints goes nowhere.
    `install --event-log --name ${spec.name}`,
    ...(spec.update === null ? [] : [ALLOW_OLDER_WORD]),
    ...(account === null ? [] : [`--user ${unformatted(quoteArgument(account))}`]),
    '--restart [RESTART]',
    ...fixedVariables(spec).map(
      ([name, value]) => `--env ${unformatted(quoteArgument(`${name}=${value}`))}`,
    ),
    ...installSettings(spec).map(({ property, variable }) => `--env "${variable}=[${property}]"`),
    `[${AUTOSTART_WORD}]`,
    ...(args.length === 0 ? [] : ['--', unformatted(args.map(quoteArgument).join(' '))]),
  ]
  return words.join(' ')
}

/**
 * The service by the verbs of the executable (docs/adr/0103): deferred, as the system, within the transaction. An
 * action for the rollback stands before what it takes back, and is carried out after all that follows was taken back.
 *
 * @param executable the executable's key in the table File
 */
export function serviceActions(product: StagedProduct, executable: string): readonly Action[] {
  const { name, service } = product.spec
  if (service === null) return []
  const verb = (word: string): string => `${word} --name ${name}`
  const run = (command: string, how: object): Action['attributes'] => ({
    FileKey: executable,
    ExeCommand: command,
    Execute: 'deferred',
    Impersonate: 'no',
    Return: 'check',
    ...how,
  })
  const atRollback = (command: string) => ({ attributes: run(command, {}), type: ROLLBACK })
  return [
    setProperty('SetAutostartWord', AUTOSTART_WORD, '--autostart', 'AUTOSTART = "1"', 600),
    {
      // Behind StopServices, which starts again in a rollback what it has stopped: it is registered by then.
      id: 'PutBack',
      ...atRollback(`[${REGISTRATION}]`),
      condition: `${REGISTRATION} AND (NOT REMOVE OR ${IS_OWNER})`,
      sequence: 1910,
    },
    {
      // StopServices waits for the service's word, and no longer for its process; the verb does.
      id: 'AwaitEnd',
      attributes: run(verb('stop'), { Return: 'ignore' }),
      condition: `${PREVIOUS_DIRECTORY} AND NOT REMOVE`,
      sequence: 1920,
    },
    {
      // Where the executable was removed by somebody, a scanner of viruses perhaps, DeleteServices does it.
      id: 'Unregister',
      attributes: run(verb('uninstall'), { Return: 'ignore' }),
      condition: `REMOVE = "ALL" AND ${IS_OWNER}`,
      sequence: 1930,
    },
    {
      // For where the executable is gone by then; as above.
      id: 'TakeBackService',
      attributes: run(`"[System64Folder]sc.exe" delete ${name}`, {}),
      type: ROLLBACK - OF_THE_PRODUCT + IN_A_DIRECTORY,
      source: 'TARGETDIR',
      condition: `NOT REMOVE AND NOT ${PREVIOUS_DIRECTORY}`,
      sequence: 5805,
    },
    {
      id: 'TakeBackRegister',
      ...atRollback(verb('uninstall')),
      condition: `NOT REMOVE AND NOT ${PREVIOUS_DIRECTORY}`,
      sequence: 5810,
    },
    {
      id: 'Register',
      attributes: run(registration(product), {}),
      condition: 'NOT REMOVE',
      sequence: 5820,
    },
  ]
}
