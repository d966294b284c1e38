import { SteadError } from '../../errors.ts'
import type { Secret } from '../../model/secret.ts'
import { accountKind } from '../../model/windows-account.ts'
import { isWindowsError, WIN32, WindowsError } from '../../model/windows-error.ts'
import { sameAccount } from './account.ts'
import type { ScmContext } from './context.ts'
import { steadError, told } from './errors.ts'
import { requireOurs } from './ownership.ts'

/** Whether a service cannot come to run as an account without its password: Windows does not have it yet. */
export async function needsPassword(
  { control }: ScmContext,
  name: string,
  account: string,
): Promise<boolean> {
  if (accountKind(account) !== 'user') return false
  try {
    return !sameAccount((await control.config(name)).account, account)
  } catch (error) {
    if (isWindowsError(error, WIN32.SERVICE_DOES_NOT_EXIST)) return true
    throw steadError(error, 'ask about', name)
  }
}

/**
 * Tells Windows the new password of the account that a service runs as.
 *
 * @throws PASSWORD_UNUSED where the account has none of its own; NOT_INSTALLED, FOREIGN
 */
export async function setPassword(
  context: ScmContext,
  name: string,
  password: Secret,
): Promise<void> {
  const { control } = context
  const action = 'change the password of'
  if (!(await told(action, name, requireOurs(context, name)))) {
    throw steadError(new WindowsError('OpenServiceW', WIN32.SERVICE_DOES_NOT_EXIST), action, name)
  }
  const { account } = await told(action, name, control.config(name))
  if (accountKind(account) !== 'user') throw new SteadError('PASSWORD_UNUSED', { account })
  await told(action, name, control.change(name, { account }, password))
}
