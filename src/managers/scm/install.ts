import { SteadError } from '../../errors.ts'
import type { InstallOutcome, Plan } from '../../model/plan.ts'
import type { ScmConfig } from '../../model/ports/service-control.ts'
import type { Secret } from '../../model/secret.ts'
import { refuseUnsupported } from '../installation.ts'
import { sameAccount } from './account.ts'
import type { ScmContext } from './context.ts'
import { definitionOf } from './definition.ts'
import { applyDifferences, type Undo } from './differences.ts'
import { MANAGER, steadError, told } from './errors.ts'
import { applyEventSource, requireOwnSource } from './event-source.ts'
import { isMarked } from './holders.ts'
import { giveLogonRight, takeBackLogonRight } from './logon-right.ts'
import { recordOf, requireOurs } from './ownership.ts'
import { needsPassword } from './password.ts'
import { whenGone } from './uninstall.ts'

/** Carries a plan out: creates the service, changes what differs, or changes nothing. */
export async function installService(
  context: ScmContext,
  plan: Plan,
  password?: Secret,
): Promise<InstallOutcome> {
  refuseUnsupported(plan)
  const { control } = context
  const { name } = plan.spec
  const wanted = definitionOf(plan.spec, context.home, context.stead)
  const { account } = wanted.config
  const undo: Undo[] = []
  let given: string | null = null
  let outcome: InstallOutcome
  try {
    await requireOwnSource(context.eventSources, name)
    const previous = (await requireOurs(context, name)) ? await recordOf(control, name) : null
    if (password === undefined && (await needsPassword(context, name, account))) {
      throw new SteadError('PASSWORD_NEEDED', { account })
    }
    given = previous?.logonRightOf ?? null
    const holder = await giveLogonRight(context, account, given, undo)
    const created = await createdNow(context, name, wanted.config, password)
    if (created) undo.push(() => control.delete(name))
    const record = { ...wanted.record, ...(holder === null ? {} : { logonRightOf: holder }) }
    await applyDifferences(control, name, { ...wanted, record }, previous, undo)
    await applyEventSource(context.eventSources, name, undo)
    await context.files.makeDirectory(context.home.logs, 0o755)
    const otherAccount = !created && (await changeAccount(context, name, account, password))
    outcome = created ? 'created' : undo.length > 0 || otherAccount ? 'updated' : 'unchanged'
  } catch (error) {
    const failure = steadError(error, 'install', name)
    for (const step of undo.reverse()) await undoing(step, name, failure)
    throw failure
  }
  if (given !== null && !sameAccount(given, account)) {
    await told(
      'take back the right to log on as a service for',
      name,
      takeBackLogonRight(context, given),
    )
  }
  return outcome
}

/**
 * The last step, as it could not be undone: with another account Windows forgets the password of the
 * one before. One that was not given again stays.
 */
async function changeAccount(
  { control }: ScmContext,
  name: string,
  account: string,
  password?: Secret,
): Promise<boolean> {
  const same = sameAccount((await control.config(name)).account, account)
  if (same && password === undefined) return false
  await control.change(name, { account }, password)
  return true
}

async function undoing(step: Undo, name: string, first: unknown): Promise<void> {
  try {
    await step()
  } catch (error) {
    const said = (value: unknown): string => (value instanceof Error ? value.message : `${value}`)
    throw new SteadError(
      'MANAGER_FAILED',
      {
        manager: MANAGER,
        action: `undo the installation of ${name}`,
        detail: `${said(error)}, after ${said(first)}`,
        remedy: `remove what is left: stead uninstall ${name}`,
      },
      { cause: first },
    )
  }
}

/** True when the service was not there and is now; one that is being deleted is waited out. */
async function createdNow(
  context: ScmContext,
  name: string,
  config: ScmConfig,
  password?: Secret,
): Promise<boolean> {
  const { control } = context
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (await requireOurs(context, name)) {
        // Changes nothing, needs the right to, and is refused for a service marked for deletion.
        await control.change(name, {})
        return false
      }
      await control.create(name, config, password)
      return true
    } catch (error) {
      if (!isMarked(error) || attempt > 1) throw error
      await whenGone(context, name, 'install')
    }
  }
}
