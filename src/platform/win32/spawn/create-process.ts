import { koffi, lastError, wideText } from '../win32-error.ts'
import { close, type Handle, kernel32 } from './kernel32.ts'
import type { StartupHandles } from './startup-handles.ts'

/** <winbase.h> */
const CREATE_SUSPENDED = 0x4
const CREATE_UNICODE_ENVIRONMENT = 0x400
const EXTENDED_STARTUPINFO_PRESENT = 0x80000
/** A console of its own that has no window; no group of its own, which would switch Ctrl-C off. */
const CREATE_NO_WINDOW = 0x08000000
const CREATE_DEFAULT_ERROR_MODE = 0x04000000
const STARTF_USESHOWWINDOW = 0x1
const STARTF_USESTDHANDLES = 0x100
const SW_HIDE = 0
const PROC_THREAD_ATTRIBUTE_HANDLE_LIST = 0x20002
/** STARTUPINFOEXW and PROCESS_INFORMATION of a 64-bit Windows. */
const STARTUP_SIZE = 112
const INFORMATION_SIZE = 24

export interface CreateRequest {
  readonly application: string
  readonly commandLine: string
  readonly environment: Buffer
  readonly directory: string
  readonly handles: StartupHandles
  /** 0 for that of this process. */
  readonly priorityClass: number
}

/** A process whose only thread has not run yet. */
export interface SuspendedProcess {
  readonly pid: number
  readonly process: Handle
  readonly thread: Handle
}

/** @returns the number of <winerror.h> where it fails */
export function createSuspended(request: CreateRequest): SuspendedProcess | number {
  const { application, environment, directory, handles } = request
  const api = kernel32()
  const list = handleList(handles.handles)
  if (typeof list === 'number') return list
  const startup = startupInfo(handles, list.attributes)
  const information = Buffer.alloc(INFORMATION_SIZE)
  try {
    const made = api.CreateProcessW(
      application,
      wideText(request.commandLine),
      null,
      null,
      1,
      CREATE_SUSPENDED |
        CREATE_UNICODE_ENVIRONMENT |
        EXTENDED_STARTUPINFO_PRESENT |
        CREATE_NO_WINDOW |
        CREATE_DEFAULT_ERROR_MODE |
        request.priorityClass,
      environment,
      directory,
      startup,
      information,
    )
    if (!made) return lastError()
  } finally {
    list.remove()
  }
  return {
    process: Number(information.readBigInt64LE(0)),
    thread: Number(information.readBigInt64LE(8)),
    pid: information.readUInt32LE(16),
  }
}

/** Lets it run, in whatever it was put meanwhile. */
export function resume({ thread }: SuspendedProcess): void {
  kernel32().ResumeThread(thread)
  close(thread)
}

function startupInfo({ handles, table }: StartupHandles, attributes: Buffer): Buffer {
  const startup = Buffer.alloc(STARTUP_SIZE)
  startup.writeUInt32LE(STARTUP_SIZE, 0)
  startup.writeUInt32LE(STARTF_USESTDHANDLES | STARTF_USESHOWWINDOW, 60)
  startup.writeUInt16LE(SW_HIDE, 64)
  if (table !== null) {
    startup.writeUInt16LE(table.length, 66)
    startup.writeBigUInt64LE(addressOf(table), 72)
  }
  for (const [index, handle] of handles.slice(0, 3).entries()) {
    startup.writeBigInt64LE(BigInt(handle), 80 + index * 8)
  }
  startup.writeBigUInt64LE(addressOf(attributes), 104)
  return startup
}

/**
 * PROC_THREAD_ATTRIBUTE_HANDLE_LIST: of all inheritable handles of this process these alone are
 * inherited, whoever else starts something at the same time.
 */
function handleList(
  handles: readonly Handle[],
): { readonly attributes: Buffer; remove(): void } | number {
  const api = kernel32()
  const size = Buffer.alloc(8)
  api.InitializeProcThreadAttributeList(null, 1, 0, size)
  const attributes = Buffer.allocUnsafeSlow(Number(size.readBigUInt64LE(0)))
  if (!api.InitializeProcThreadAttributeList(attributes, 1, 0, size)) return lastError()
  const values = Buffer.allocUnsafeSlow(handles.length * 8)
  for (const [index, handle] of handles.entries()) values.writeBigInt64LE(BigInt(handle), index * 8)
  const updated = api.UpdateProcThreadAttribute(
    attributes,
    0,
    PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
    values,
    values.length,
    null,
    null,
  )
  if (!updated) return lastError()
  return {
    attributes,
    remove() {
      // The list points to the values until here.
      api.DeleteProcThreadAttributeList(attributes)
      values.fill(0)
    },
  }
}

function addressOf(buffer: Buffer): bigint {
  return BigInt(koffi().address(buffer))
}
