import type { AccountRights } from '../../src/model/ports/account-rights.ts'

/** The policy of a machine, in memory. Names are told apart as Windows does, whatever their case. */
export interface FakeAccountRights extends AccountRights {
  /** Accounts that may log on as a service, in lower case. */
  readonly holders: Set<string>
}

export function fakeAccountRights(): FakeAccountRights {
  const holders = new Set<string>()
  return {
    holders,
    mayLogOnAsService: async (account) => holders.has(account.toLowerCase()),
    async giveLogOnAsService(account) {
      holders.add(account.toLowerCase())
    },
    async takeLogOnAsService(account) {
      holders.delete(account.toLowerCase())
    },
  }
}
