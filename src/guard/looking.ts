import type { EngineParts } from './engine-parts.ts'
import type { Instance } from './instance.ts'
import type { InstanceEvent } from './state.ts'

export interface LookingParts extends Pick<EngineParts, 'watchers'> {
  readonly dispatch: (instance: Instance, event: InstanceEvent) => void
}

/** Has it looked for what an instance needs, and makes events of the answers; a try before it ends. */
export function looking({ watchers, dispatch }: LookingParts): {
  begin(instance: Instance, look: number): void
  leave(instance: Instance): void
} {
  function leave(instance: Instance): void {
    instance.looking?.()
    instance.looking = null
  }
  return {
    begin(instance, look) {
      leave(instance)
      const { id, service, nextSpec: spec } = instance
      instance.looking = watchers.needs({ id, service, spec }, (unmet) => {
        instance.looking = null
        dispatch(instance, { type: 'needs', look, unmet })
      })
    },
    leave,
  }
}
