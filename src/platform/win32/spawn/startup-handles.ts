import type { SpawnDescriptor } from '../../../model/ports/spawner.ts'
import { koffi, lastError } from '../win32-error.ts'
import { close, type Handle, kernel32 } from './kernel32.ts'

/** <winnt.h>, <fileapi.h> */
const GENERIC_READ = 0x80000000
const GENERIC_WRITE = 0x40000000
/** FILE_GENERIC_WRITE without FILE_WRITE_DATA, so that each write goes to the end; and FILE_READ_ATTRIBUTES. */
const APPEND = 0x120194
const SHARE_ALL = 7
const OPEN_EXISTING = 3
const OPEN_ALWAYS = 4
const FILE_ATTRIBUTE_NORMAL = 0x80
const DUPLICATE_SAME_ACCESS = 2
/** What the C runtime notes of an inherited descriptor, as libuv writes it too: FOPEN, FPIPE, FDEV. */
const FOPEN = 0x01
const FPIPE = 0x08
const FDEV = 0x40

/** Handles for a child, each inheritable; open until the process is there. */
export interface StartupHandles {
  /** Descriptor n of the child; at least three. */
  readonly handles: readonly Handle[]
  /** lpReserved2 of STARTUPINFO, by which a C runtime finds descriptors from 3 on; null where there are none. */
  readonly table: Buffer | null
  close(): void
}

export interface HandleFault {
  readonly error: number
  readonly what: string
}

/** Opens what a request names. Nothing is open any more where it fails. */
export function startupHandles(stdio: readonly SpawnDescriptor[]): StartupHandles | HandleFault {
  const handles: Handle[] = []
  const closeAll = (): void => {
    for (const handle of handles) close(handle)
  }
  const wanted = [...stdio]
  while (wanted.length < 3) wanted.push({ kind: 'null' })
  for (const [index, descriptor] of wanted.entries()) {
    const opened = open(descriptor, index)
    if (typeof opened === 'object') {
      closeAll()
      return opened
    }
    handles.push(opened)
  }
  const table = wanted.length > 3 ? descriptorTable(handles, wanted) : null
  return { handles, table, close: closeAll }
}

function open(descriptor: SpawnDescriptor, index: number): Handle | HandleFault {
  switch (descriptor.kind) {
    case 'null':
      return openFile('NUL', GENERIC_READ | GENERIC_WRITE, OPEN_EXISTING)
    case 'fifo': {
      // The side that made a named pipe may have made it for one direction only.
      const access = index === 0 ? GENERIC_READ : GENERIC_WRITE
      return openFile(descriptor.path, access, OPEN_EXISTING)
    }
    case 'append':
      return openFile(descriptor.path, APPEND, OPEN_ALWAYS)
    case 'fd':
      return duplicated(descriptor.fd)
  }
}

function openFile(path: string, access: number, disposition: number): Handle | HandleFault {
  const handle: Handle = kernel32().CreateFileW(
    path,
    access >>> 0,
    SHARE_ALL,
    inheritable(),
    disposition,
    FILE_ATTRIBUTE_NORMAL,
    0,
  )
  return Number(handle) === -1 ? { error: lastError(), what: path } : handle
}

/** SECURITY_ATTRIBUTES with bInheritHandle. */
function inheritable(): Buffer {
  attributes ??= Buffer.alloc(24)
  attributes.writeUInt32LE(attributes.length, 0)
  attributes.writeUInt32LE(1, 16)
  return attributes
}
let attributes: Buffer | null = null

function duplicated(fd: number): Handle | HandleFault {
  const api = kernel32()
  const self = api.GetCurrentProcess()
  const target: [Handle] = [0]
  if (!api.DuplicateHandle(self, handleOf(fd), self, target, 0, 1, DUPLICATE_SAME_ACCESS)) {
    return { error: lastError(), what: `descriptor ${fd}` }
  }
  return target[0]
}

/** The handle behind a descriptor of Node: uv_get_osfhandle, which node.exe exports to its addons. */
export function handleOf(fd: number): Handle {
  ofDescriptor ??= koffi().load(process.execPath).func('intptr_t uv_get_osfhandle(int fd)') as (
    fd: number,
  ) => Handle
  return ofDescriptor(fd)
}
let ofDescriptor: ((fd: number) => Handle) | null = null

/** A count, a byte of flags for each, a handle for each: what the C runtime's _ioinit reads. */
function descriptorTable(handles: readonly Handle[], stdio: readonly SpawnDescriptor[]): Buffer {
  const table = Buffer.allocUnsafeSlow(4 + handles.length * 9)
  table.writeInt32LE(handles.length, 0)
  for (const [index, handle] of handles.entries()) {
    const kind = stdio[index]?.kind
    const flags = FOPEN | (kind === 'fifo' ? FPIPE : kind === 'null' ? FDEV : 0)
    table.writeUInt8(flags, 4 + index)
    table.writeBigInt64LE(BigInt(handle), 4 + handles.length + index * 8)
  }
  return table
}
