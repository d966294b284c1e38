import { SteadError } from '../../errors.ts'
import type { ProgramNotices } from '../../model/ports/program-notices.ts'

/**
 * Windows has neither sockets of datagrams with credentials nor descriptors that a program is born
 * with: settings that need them are refused before anything is started.
 */
export function programNotices(): ProgramNotices {
  const none = (feature: string) => (): never => {
    throw new SteadError('PLATFORM_UNSUPPORTED', { feature, platform: 'win32' })
  }
  return {
    socket: none('a notification socket'),
    pipe: none('a notification descriptor'),
    watchHangUp: () => () => {},
    async close() {},
  }
}
