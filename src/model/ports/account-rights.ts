/**
 * The right to log on as a service (SeServiceLogonRight), as the policy of this machine gives it to
 * accounts themselves. What an account has by its groups is not told.
 *
 * Every method rejects with a WindowsError: 5 access denied, 1332 no such account.
 */
export interface AccountRights {
  mayLogOnAsService(account: string): Promise<boolean>
  /** Giving it again changes nothing. */
  giveLogOnAsService(account: string): Promise<void>
  /** Taking what is not there changes nothing. */
  takeLogOnAsService(account: string): Promise<void>
}
