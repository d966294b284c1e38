import type { Engine } from './engine.ts'
import { type Instance, isLive } from './instance.ts'

/** Starts what is to run without anybody asking for it. */
export function boot(dispatch: Engine['dispatch']) {
  return {
    startAll(list: readonly Instance[], by: string): void {
      for (const instance of list) {
        if (instance.nextSpec.autostart) {
          dispatch(instance, { type: 'start', by, once: false, forgive: false })
        }
      }
    },

    /** What an earlier guard was asked for counts before what the configuration says. */
    startAtBoot(instance: Instance): void {
      const { want, phase } = instance.state
      if (instance.removing || isLive(instance) || phase !== 'stopped') return
      const asked = want.by !== 'configuration'
      if (asked ? want.state === 'down' || want.state === 'hold' : !instance.nextSpec.autostart)
        return
      dispatch(instance, { type: 'start', by: 'boot', once: want.state === 'once', forgive: false })
    },
  }
}
