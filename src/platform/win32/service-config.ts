import type { ScmExtra, ScmExtras } from '../../model/ports/service-control.ts'
import { fromRaw, SCM_ACTIONS } from '../../model/scm-values.ts'
import { advapi32, grownBuffer, pointerWithin, textAt } from './advapi32.ts'
import { checked, type Handle, koffi, wideText } from './win32-error.ts'

/**
 * The optional settings of a service, each a level of ChangeServiceConfig2W and
 * QueryServiceConfig2W, to and from the structures of <winsvc.h> on a 64-bit Windows.
 */
interface Level<T> {
  readonly number: number
  /** The structure, with the memory that it points to behind it. */
  encode(value: T): Buffer
  decode(buffer: Buffer): T
}

const flag = (number: number): Level<boolean> => ({
  number,
  encode: (value) => word(value ? 1 : 0),
  decode: (buffer) => buffer.readUInt32LE(0) !== 0,
})

const LEVELS: { readonly [E in ScmExtra]: Level<ScmExtras[E]> } = {
  /** SERVICE_CONFIG_DESCRIPTION */
  description: {
    number: 1,
    encode: (value) => withMemory(Buffer.alloc(8), 0, wideText(value)),
    decode: (buffer) => textAt(buffer, 0),
  },
  /** SERVICE_CONFIG_DELAYED_AUTO_START_INFO */
  delayedStart: flag(3),
  /**
   * SERVICE_CONFIG_FAILURE_ACTIONS. Offsets: reset period 0, reboot message 8, command 16, count 24,
   * actions 32. No actions are a count of 0 with a pointer: a NULL one would leave the old ones.
   */
  failureActions: {
    number: 2,
    encode({ resetPeriod, actions }) {
      const list = Buffer.alloc(Math.max(1, actions.length) * 8)
      actions.forEach(({ type, delay }, index) => {
        list.writeUInt32LE(SCM_ACTIONS[type], index * 8)
        list.writeUInt32LE(delay, index * 8 + 4)
      })
      const info = Buffer.alloc(40)
      info.writeUInt32LE(resetPeriod, 0)
      info.writeUInt32LE(actions.length, 24)
      return withMemory(info, 32, list)
    },
    decode(buffer) {
      const at = pointerWithin(buffer, 32)
      const count = at === null ? 0 : buffer.readUInt32LE(24)
      const actions = Array.from({ length: count }, (_, index) => {
        const offset = (at ?? 0) + index * 8
        return {
          type: fromRaw(SCM_ACTIONS, buffer.readUInt32LE(offset), 'a failure action'),
          delay: buffer.readUInt32LE(offset + 4),
        }
      })
      return { resetPeriod: buffer.readUInt32LE(0), actions }
    },
  },
  /** SERVICE_CONFIG_FAILURE_ACTIONS_FLAG */
  failureActionsOnCode: flag(4),
  /** SERVICE_CONFIG_PRESHUTDOWN_INFO */
  preshutdownTimeout: {
    number: 7,
    encode: word,
    decode: (buffer) => buffer.readUInt32LE(0),
  },
}

export const SCM_EXTRAS = Object.keys(LEVELS) as readonly ScmExtra[]

/** The handle needs SERVICE_CHANGE_CONFIG, and SERVICE_START too for an action that restarts. */
export function writeExtra<E extends ScmExtra>(
  service: Handle,
  extra: E,
  value: ScmExtras[E],
): void {
  const level: Level<ScmExtras[E]> = LEVELS[extra]
  const info = level.encode(value)
  checked('ChangeServiceConfig2W', advapi32().ChangeServiceConfig2W(service, level.number, info))
}

/** The handle needs SERVICE_QUERY_CONFIG. */
export function readExtra<E extends ScmExtra>(service: Handle, extra: E): ScmExtras[E] {
  const level: Level<ScmExtras[E]> = LEVELS[extra]
  const buffer = grownBuffer('QueryServiceConfig2W', (memory, needed) =>
    advapi32().QueryServiceConfig2W(service, level.number, memory, memory.length, needed),
  )
  return level.decode(buffer)
}

function word(value: number): Buffer {
  const buffer = Buffer.alloc(8)
  buffer.writeUInt32LE(value, 0)
  return buffer
}

/**
 * One buffer of both, with the address of `memory` in the structure at `offset`: nothing that
 * Windows was given the address of can be collected before the call is over.
 */
function withMemory(structure: Buffer, offset: number, memory: Buffer): Buffer {
  const whole = Buffer.alloc(structure.length + memory.length)
  structure.copy(whole)
  memory.copy(whole, structure.length)
  whole.writeBigUInt64LE(BigInt(koffi().address(whole)) + BigInt(structure.length), offset)
  return whole
}
