import type { ProcessEvents, SignalName, Signals } from '../model/ports/process-events.ts'

/** A timer may not wait longer than this (Node clips it to 1 ms beyond). */
const LONGEST_TIMER = 2 ** 31 - 1

/** The events of this process. */
export function processEvents(): ProcessEvents {
  return {
    onFault(receiver) {
      process.on('uncaughtException', receiver)
      process.on('unhandledRejection', receiver)
      return () => {
        process.off('uncaughtException', receiver)
        process.off('unhandledRejection', receiver)
      }
    },
    onExit(receiver) {
      const listener = (code: number): void => {
        process.exitCode = receiver(code)
      }
      process.on('exit', listener)
      return () => void process.off('exit', listener)
    },
    keepAlive() {
      const timer = setInterval(() => {}, LONGEST_TIMER)
      return () => clearInterval(timer)
    },
  }
}

/**
 * The signals of this process. A listener on SIGUSR1 replaces Node's own action for it, which is to
 * open the debugger (node: process.on('SIGUSR1'), "Signal events").
 */
export function processSignals(): Signals {
  return {
    on(signal: SignalName, receiver) {
      // Windows has no such signals; asking for them would throw.
      if (
        process.platform === 'win32' &&
        !['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'].includes(signal)
      ) {
        return () => {}
      }
      if (process.platform !== 'win32' && signal === 'SIGBREAK') return () => {}
      process.on(signal, receiver)
      return () => void process.off(signal, receiver)
    },
  }
}
