import {
  POWER_CHANGES,
  type PowerEvent,
  SESSION_CHANGES,
  type SessionEvent,
  type TimeChangeEvent,
} from '../../model/machine-events.ts'
import type { Control } from '../../model/ports/host.ts'
import type { ControlDetail } from '../../model/ports/scm-conversation.ts'
import { SCM_CONTROLS } from '../../model/scm-values.ts'

/** From 1 January 1601, where FILETIME begins, to 1970, in milliseconds. */
const EPOCH = 11_644_473_600_000n
const TICKS_PER_MILLISECOND = 10_000n
/** What SYSTEM_POWER_STATUS says where it does not know. */
const UNKNOWN = 255
const NO_SYSTEM_BATTERY = 128

/** A control about the machine with what HandlerEx was given beside it; null for one that stead does not know. */
export function machineControlOf(code: number, detail: ControlDetail): Control | null {
  switch (code) {
    case SCM_CONTROLS.sessionChange: {
      const event = sessionEvent(detail)
      return event && { type: 'session', event }
    }
    case SCM_CONTROLS.powerEvent: {
      const event = powerEvent(detail)
      return event && { type: 'power', event }
    }
    case SCM_CONTROLS.timeChange: {
      const event = timeChangeEvent(detail)
      return event && { type: 'time-change', event }
    }
    default:
      return null
  }
}

/** `data` is a WTSSESSION_NOTIFICATION: its own size, and the session, DWORDs (<winuser.h>). */
function sessionEvent({ eventType, data }: ControlDetail): SessionEvent | null {
  const change = wordOf(SESSION_CHANGES, eventType)
  if (change === null || data.length < 8) return null
  return { change, session: view(data).getUint32(4, true) }
}

/** `data` of a change of status is a SYSTEM_POWER_STATUS (<winbase.h>), its first three bytes. */
function powerEvent({ eventType, data }: ControlDetail): PowerEvent | null {
  const change = wordOf(POWER_CHANGES, eventType)
  if (change !== 'status') return change && { change }
  const [line = UNKNOWN, flag = UNKNOWN, percent = UNKNOWN] = data
  const none = flag === UNKNOWN || (flag & NO_SYSTEM_BATTERY) !== 0
  return {
    change,
    onBattery: line > 1 ? null : line === 0,
    battery: none || percent > 100 ? null : percent,
  }
}

/** `data` is a SERVICE_TIMECHANGE_INFO (<winsvc.h>): the new time, then the old, each a FILETIME in UTC. */
function timeChangeEvent({ data }: ControlDetail): TimeChangeEvent | null {
  if (data.length < 16) return null
  const at = (offset: number): Date =>
    new Date(Number(view(data).getBigInt64(offset, true) / TICKS_PER_MILLISECOND - EPOCH))
  return { to: at(0), from: at(8) }
}

function wordOf<K extends string>(table: Readonly<Record<K, number>>, raw: number): K | null {
  return (Object.keys(table) as K[]).find((word) => table[word] === raw) ?? null
}

function view(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength)
}
