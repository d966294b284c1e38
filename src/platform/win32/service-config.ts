import type { ScmExtra, ScmExtras } from '../../model/ports/service-control.ts'
import { fromRaw, SCM_ACTIONS } from '../../model/scm-values.ts'
import { SERVICE_SID_TYPES } from '../../model/windows-settings.ts'
import { ACCESS, advapi32, grownBuffer, pointerWithin, textAt } from './advapi32.ts'
import { readServiceSecurity, writeServiceSecurity } from './service-security.ts'
import { checked, type Handle, koffi, readWideTexts, wideText, wideTexts } from './win32-error.ts'

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

type LevelledExtra = Exclude<ScmExtra, 'securityDescriptor'>

/** SERVICE_SID_TYPE_NONE, _UNRESTRICTED, _RESTRICTED. */
const SID_TYPES = [0, 1, 3]

const LEVELS: { readonly [E in LevelledExtra]: Level<ScmExtras[E]> } = {
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
  /** SERVICE_CONFIG_SERVICE_SID_INFO */
  serviceSid: {
    number: 5,
    encode: (value) => word(SID_TYPES[SERVICE_SID_TYPES.indexOf(value)] as number),
    decode(buffer) {
      const type = SERVICE_SID_TYPES[SID_TYPES.indexOf(buffer.readUInt32LE(0))]
      if (type === undefined) throw new RangeError('an unknown SERVICE_SID_TYPE')
      return type
    },
  },
  /** SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO: a REG_MULTI_SZ; an empty one takes the restriction back. */
  privileges: {
    number: 6,
    encode: (value) => withMemory(Buffer.alloc(8), 0, wideTexts(value)),
    decode(buffer) {
      const at = pointerWithin(buffer, 0)
      return at === null ? [] : readWideTexts(buffer, at)
    },
  },
}

export const SCM_EXTRAS: readonly ScmExtra[] = [
  ...(Object.keys(LEVELS) as LevelledExtra[]),
  'securityDescriptor',
]

/** The one right that reading an extra takes. */
export function readingAccess(extra: ScmExtra): number {
  return extra === 'securityDescriptor' ? ACCESS.READ_CONTROL : ACCESS.SERVICE_QUERY_CONFIG
}

/** What setting an extra takes; one that may restart the service takes the right to start it too. */
export function writingAccess(extra: ScmExtra): number {
  if (extra === 'securityDescriptor') return ACCESS.WRITE_DAC
  return ACCESS.SERVICE_CHANGE_CONFIG | (extra === 'failureActions' ? ACCESS.SERVICE_START : 0)
}

/** Wine keeps no access lists: it takes any and gives an empty one, which would let in nobody. */
export function isKept(service: Handle, extra: ScmExtra): boolean {
  const value = readExtra(service, extra)
  return extra !== 'securityDescriptor' || value !== NO_ENTRIES
}

const NO_ENTRIES = 'D:'

/** The handle needs {@link writingAccess}. */
export function writeExtra<E extends ScmExtra>(
  service: Handle,
  extra: E,
  value: ScmExtras[E],
): void {
  if (extra === 'securityDescriptor') {
    writeServiceSecurity(service, value as string)
    return
  }
  const level = LEVELS[extra as LevelledExtra] as unknown as Level<ScmExtras[E]>
  const info = level.encode(value)
  checked('ChangeServiceConfig2W', advapi32().ChangeServiceConfig2W(service, level.number, info))
}

/** The handle needs {@link readingAccess}. */
export function readExtra<E extends ScmExtra>(service: Handle, extra: E): ScmExtras[E] {
  if (extra === 'securityDescriptor') return readServiceSecurity(service) as ScmExtras[E]
  const level = LEVELS[extra as LevelledExtra] as unknown as Level<ScmExtras[E]>
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
