import type { Control } from '../model/ports/host.ts'

/** Controls on their way to the one receiver; what comes before there is one is kept for it. */
export interface ControlsQueue {
  push(control: Control): void
  listen(receiver: (control: Control) => void): void
}

export function controlsQueue(): ControlsQueue {
  let waiting: Control[] = []
  let receive: ((control: Control) => void) | null = null
  return {
    push(control) {
      if (receive === null) waiting.push(control)
      else receive(control)
    },
    listen(receiver) {
      receive = receiver
      const early = waiting
      waiting = []
      for (const control of early) receiver(control)
    },
  }
}
