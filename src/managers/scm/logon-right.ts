import { accountKind } from '../../model/windows-account.ts'
import { sameAccount } from './account.ts'
import type { ScmContext } from './context.ts'
import { recordOf, writeRecord } from './ownership.ts'

/** Accounts that have the right to log on as a service neither by themselves nor by a group of all services. */
export function needsLogonRight(account: string): boolean {
  const kind = accountKind(account)
  return kind === 'user' || kind === 'managed'
}

/**
 * Gives an account the right to log on as a service where it lacks it.
 *
 * @param given the account that stead gave it to for this service before; null for none
 * @returns what is to be remembered: the account that has it from stead, or null
 */
export async function giveLogonRight(
  { rights }: ScmContext,
  account: string,
  given: string | null,
  undo: (() => Promise<void>)[],
): Promise<string | null> {
  if (!needsLogonRight(account)) return null
  const before = given !== null && sameAccount(given, account)
  if (await rights.mayLogOnAsService(account)) return before ? account : null
  await rights.giveLogOnAsService(account)
  // What was given for this service before is not taken because an update of it fails.
  if (!before) undo.push(() => rights.takeLogOnAsService(account))
  return account
}

/**
 * Takes back a right that stead gave, once no service runs as the account any more. Where another one
 * of stead still does, that one remembers it from now on; somebody else's keeps it for good.
 */
export async function takeBackLogonRight(context: ScmContext, account: string): Promise<void> {
  const { control, rights } = context
  let used = false
  for (const name of await control.names()) {
    const config = await control.config(name).catch(() => null)
    if (config === null || !sameAccount(config.account, account)) continue
    used = true
    const record = await recordOf(control, name)
    if (record === null) continue
    await writeRecord(control, name, { ...record, logonRightOf: account })
    return
  }
  if (!used) await rights.takeLogOnAsService(account)
}
