import { SteadError } from '../errors.ts'
import type { GuardApi } from '../model/ports/guard-api.ts'
import { isMovedByGuard } from '../model/program-spec.ts'

const MOST_NAMED = 5

/**
 * A guard whose pipes end with it: programs that write to them cannot be kept, as they would fail at
 * their next line.
 */
export function withoutKeep(api: GuardApi, platform: string): GuardApi {
  return {
    ...api,
    async shutdown(options, caller) {
      if (options.keep) {
        const { services } = api.configuration().current
        const names = services.filter(({ log }) => isMovedByGuard(log)).map(({ name }) => name)
        if (names.length > 0) throw refusal(names, platform)
      }
      await api.shutdown(options, caller)
    },
  }
}

function refusal(names: readonly string[], platform: string): SteadError<'PLATFORM_UNSUPPORTED'> {
  const shown = names.slice(0, MOST_NAMED).join(', ')
  const others = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} others` : ''
  return new SteadError('PLATFORM_UNSUPPORTED', {
    feature: `keeping ${shown}${others}, whose output passes through the guard (log.format direct and off do not),`,
    platform,
  })
}
