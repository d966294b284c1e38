import type { ScmExtra } from '../../model/ports/service-control.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { accountKind } from '../../model/windows-account.ts'
import { type NeedOfGuard, needOfGuard } from './by-itself.ts'
import type { ScmDefinition } from './definition.ts'
import { descriptorNote } from './descriptor.ts'
import { restartNote } from './failure-actions.ts'

/** What Windows honours in a way worth knowing. */
export function notesOn(
  spec: ServiceSpec,
  { config, record }: ScmDefinition,
  extras: ReadonlySet<ScmExtra>,
): string[] {
  const need = needOfGuard(spec)
  const notes = [
    residentNote(spec.name, need),
    `it runs as ${config.account}, which must be able to read ${spec.file} and the program's files${need === null ? '' : ', and stead itself'}, and to write ${record.logFile}`,
  ]
  if (need !== null) notes.push(...guardNotes(spec, extras))
  else {
    notes.push(
      'processes that the service starts are ended by the service itself and by nobody else',
    )
    const restart = restartNote(spec.restart)
    if (restart !== null) notes.push(restart)
  }
  notes.push(...accountNotes(spec.name, config.account))
  const descriptor = descriptorNote(spec.windows.securityDescriptor)
  if (descriptor !== null) notes.push(descriptor)
  if (Object.keys(spec.env).length > 0) {
    const who =
      need === null
        ? 'every user of the machine can read the environment in the registry'
        : "administrators and all services can read the environment in stead's record of the service"
    notes.push(`${who}; keep secrets in envFile`)
  }
  return notes
}

function accountNotes(name: string, account: string): string[] {
  const right = `the right to log on as a service is taken back from ${account} at uninstall, if stead gave it`
  switch (accountKind(account)) {
    case 'user':
      return [
        `Windows keeps the password of ${account}, and stead does not; tell a new one with stead password ${name}`,
        right,
      ]
    case 'managed':
      return [`Windows itself knows and changes the password of ${account}`, right]
    case 'built-in':
    case 'virtual':
      return []
  }
}

/** Who stays, and for what: the lightest guard that can honour the spec. */
function residentNote(name: string, need: NeedOfGuard | null): string {
  if (need === null) {
    return 'the program speaks with the Service Control Manager itself; nothing of stead stays resident'
  }
  const { protocol, settings } = need
  const reasons = [
    ...(protocol ? ['because its program does not speak the protocol of Windows services'] : []),
    ...(settings.length === 0
      ? []
      : [`for what the Service Control Manager does not know: ${settings.join(', ')}`]),
  ]
  return `a guard of its own stays resident (stead run ${name}), ${reasons.join(', and ')}`
}

function guardNotes({ restart }: ServiceSpec, extras: ReadonlySet<ScmExtra>): string[] {
  const again =
    restart.when === 'no'
      ? 'a program that ends is not started again'
      : 'the guard restarts the program; when it gives up, the service has stopped with the code of the program, and stays so'
  return [
    again,
    extras.has('failureActions')
      ? 'the Service Control Manager restarts the guard itself, by failure actions, should it die'
      : 'nobody restarts the guard should it die: the Service Control Manager of this machine has no failure actions (Wine?)',
    'the guard and the program run as the same account',
    'what the program writes is in a log of the guard (stead logs)',
  ]
}
