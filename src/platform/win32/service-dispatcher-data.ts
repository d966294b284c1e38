import { POWER_CHANGES } from '../../model/machine-events.ts'
import { SCM_CONTROLS } from '../../model/scm-values.ts'
import { bind, koffi } from './win32-error.ts'

const kernel32 = bind('kernel32.dll', {
  GetSystemPowerStatus: 'int __stdcall GetSystemPowerStatus(void *status)',
})

/** sizeof(SYSTEM_POWER_STATUS) in <winbase.h>. */
const POWER_STATUS = 12

/** Bytes that lpEventData points to: WTSSESSION_NOTIFICATION, SERVICE_TIMECHANGE_INFO. */
const SIZES: Readonly<Record<number, number>> = {
  [SCM_CONTROLS.sessionChange]: 8,
  [SCM_CONTROLS.timeChange]: 16,
}

/**
 * A copy of what HandlerEx was given a pointer to, which is Windows' again when it returns. A change of
 * the power's status comes without data: it is asked for, and is a SYSTEM_POWER_STATUS.
 */
export function eventData(code: number, eventType: number, pointer: unknown): Uint8Array {
  if (code === SCM_CONTROLS.powerEvent && eventType === POWER_CHANGES.status) return powerStatus()
  const size = SIZES[code]
  if (size === undefined || pointer === null || pointer === 0n) return new Uint8Array()
  const { decode, array } = koffi()
  return Uint8Array.from(decode(pointer, array('uint8_t', size)) as Iterable<number>)
}

function powerStatus(): Uint8Array {
  const status = Buffer.alloc(POWER_STATUS)
  const known = kernel32().GetSystemPowerStatus(status) !== 0
  return known ? new Uint8Array(status) : new Uint8Array()
}
