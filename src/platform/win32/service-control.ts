import type {
  ScmConfig,
  ScmExtra,
  ScmStatus,
  ServiceControl,
} from '../../model/ports/service-control.ts'
import {
  fromRaw,
  SC_GROUP_IDENTIFIER,
  SCM_CONTROLS,
  SCM_START_TYPES,
  SCM_STATES,
} from '../../model/scm-values.ts'
import type { Secret } from '../../model/secret.ts'
import { accountKind } from '../../model/windows-account.ts'
import { isWindowsError, WIN32, WindowsError } from '../../model/windows-error.ts'
import {
  ACCESS,
  advapi32,
  grownBuffer,
  pointerWithin,
  textAt,
  withManager,
  withService,
} from './advapi32.ts'
import { readValue, writeValue } from './registry.ts'
import {
  isKept,
  readExtra,
  readingAccess,
  SCM_EXTRAS,
  writeExtra,
  writingAccess,
} from './service-config.ts'
import {
  checked,
  checkedAsync,
  type Handle,
  lastError,
  readWideTexts,
  wideTexts,
} from './win32-error.ts'

const SERVICE_NO_CHANGE = 0xffffffff
const SERVICE_WIN32 = 0x30
const SERVICE_STATE_ALL = 3
/** sizeof(SERVICE_STATUS_PROCESS), and of ENUM_SERVICE_STATUS_PROCESSW with its two pointers. */
const STATUS_SIZE = 36
const ENTRY_SIZE = 56
const SERVICES = 'SYSTEM\\CurrentControlSet\\Services'
/** A service that every Windows has, Wine too. */
const ALWAYS_THERE = 'RpcSs'

/** The Service Control Manager of this machine, by way of advapi32.dll. */
export function serviceControl(): ServiceControl {
  let extras: ReadonlySet<ScmExtra> | null = null
  return {
    get extras() {
      extras ??= knownExtras()
      return extras
    },
    connect: () => withManager(ACCESS.SC_MANAGER_CONNECT, () => {}),
    create: (name, config, password) =>
      withManager(ACCESS.SC_MANAGER_CONNECT | ACCESS.SC_MANAGER_CREATE_SERVICE, (scm) => {
        createService(scm, name, config, password)
      }),
    change: (name, config, password) =>
      withService(name, ACCESS.SERVICE_CHANGE_CONFIG, (service) =>
        changeConfig(service, config, password),
      ),
    config: async (name) => {
      const config = await withService(name, ACCESS.SERVICE_QUERY_CONFIG, queryConfig)
      if (config.dependencies.length > 0) return config
      // Wine's manager keeps them in the registry, where Windows does, but does not tell.
      const kept = (value: string): readonly string[] => {
        const names = readValue(keyPath(name, ''), value)
        return names?.type === 'REG_MULTI_SZ' ? names.data : []
      }
      const groups = kept('DependOnGroup').map((group) => `${SC_GROUP_IDENTIFIER}${group}`)
      return { ...config, dependencies: [...kept('DependOnService'), ...groups] }
    },
    setExtra: (name, extra, value) =>
      withService(name, writingAccess(extra), (service) => writeExtra(service, extra, value)),
    extra: (name, extra) =>
      withService(name, readingAccess(extra), (service) => readExtra(service, extra)),
    status: (name) => withService(name, ACCESS.SERVICE_QUERY_STATUS, queryStatus),
    start: (name, args) =>
      withService(name, ACCESS.SERVICE_START, (service) =>
        checkedAsync(
          'StartServiceW',
          advapi32().StartServiceW,
          service,
          args.length,
          args.length === 0 ? null : [...args],
        ),
      ),
    control: (name, code) =>
      withService(name, accessFor(code), (service) =>
        checkedAsync(
          'ControlService',
          advapi32().ControlService,
          service,
          code,
          Buffer.alloc(STATUS_SIZE),
        ),
      ),
    delete: (name) =>
      withService(name, ACCESS.DELETE, (service) => {
        checked('DeleteService', advapi32().DeleteService(service))
      }),
    names: () => withManager(ACCESS.SC_MANAGER_ENUMERATE_SERVICE, enumerate),
    readValue: async (name, key, value) => readValue(keyPath(name, key), value),
    writeValue: async (name, key, value, data) => writeValue(keyPath(name, ''), key, value, data),
  }
}

function keyPath(name: string, key: string): string {
  return key === '' ? `${SERVICES}\\${name}` : `${SERVICES}\\${name}\\${key}`
}

function createService(scm: Handle, name: string, config: ScmConfig, password?: Secret): void {
  const api = advapi32()
  const service: Handle = checked(
    'CreateServiceW',
    api.CreateServiceW(
      scm,
      name,
      config.displayName,
      ACCESS.SERVICE_QUERY_STATUS,
      config.type,
      SCM_START_TYPES[config.startType],
      config.errorControl,
      config.commandLine,
      config.group,
      null,
      wideTexts(config.dependencies),
      config.account,
      passwordOf(config.account, password),
    ),
  )
  api.CloseServiceHandle(service)
}

function changeConfig(service: Handle, config: Partial<ScmConfig>, password?: Secret): void {
  const { type, startType, errorControl, commandLine, dependencies, account, displayName } = config
  const { group } = config
  checked(
    'ChangeServiceConfigW',
    advapi32().ChangeServiceConfigW(
      service,
      type ?? SERVICE_NO_CHANGE,
      startType === undefined ? SERVICE_NO_CHANGE : SCM_START_TYPES[startType],
      errorControl ?? SERVICE_NO_CHANGE,
      commandLine ?? null,
      // NULL leaves it as it is, an empty one takes it away.
      group === undefined ? null : (group ?? ''),
      null,
      dependencies === undefined ? null : wideTexts(dependencies),
      account ?? null,
      account === undefined ? null : passwordOf(account, password),
      displayName ?? null,
    ),
  )
}

/**
 * The accounts of Windows itself have the empty password; that of a virtual or managed one must be NULL
 * (CreateServiceW, lpPassword). NULL for a user leaves the one that Windows has.
 */
function passwordOf(account: string, password?: Secret): string | null {
  return accountKind(account) === 'built-in' ? '' : (password?.reveal() ?? null)
}

/** QUERY_SERVICE_CONFIGW on a 64-bit Windows. */
function queryConfig(service: Handle): ScmConfig {
  const buffer = grownBuffer('QueryServiceConfigW', (memory, needed) =>
    advapi32().QueryServiceConfigW(service, memory, memory.length, needed),
  )
  const dependencies = pointerWithin(buffer, 40)
  return {
    type: buffer.readUInt32LE(0),
    startType: fromRaw(SCM_START_TYPES, buffer.readUInt32LE(4), 'the start type'),
    errorControl: buffer.readUInt32LE(8),
    commandLine: textAt(buffer, 16),
    group: textAt(buffer, 24) || null,
    dependencies: dependencies === null ? [] : readWideTexts(buffer, dependencies),
    account: textAt(buffer, 48),
    displayName: textAt(buffer, 56),
  }
}

function queryStatus(service: Handle): ScmStatus {
  const buffer = Buffer.alloc(STATUS_SIZE)
  checked(
    'QueryServiceStatusEx',
    advapi32().QueryServiceStatusEx(service, 0, buffer, buffer.length, [0]),
  )
  const pid = buffer.readUInt32LE(28)
  return {
    state: fromRaw(SCM_STATES, buffer.readUInt32LE(4), 'the state of a service'),
    accepts: buffer.readUInt32LE(8),
    win32ExitCode: buffer.readUInt32LE(12),
    specificExitCode: buffer.readUInt32LE(16),
    checkPoint: buffer.readUInt32LE(20),
    waitHint: buffer.readUInt32LE(24),
    pid: pid === 0 ? null : pid,
  }
}

/** A page at a time, until the SCM says that there are no more. */
function enumerate(scm: Handle): string[] {
  const names: string[] = []
  const resume: [number] = [0]
  let size = 64 * 1024
  for (;;) {
    const buffer = Buffer.alloc(size)
    const needed: [number] = [0]
    const count: [number] = [0]
    const complete = advapi32().EnumServicesStatusExW(
      scm,
      0,
      SERVICE_WIN32,
      SERVICE_STATE_ALL,
      buffer,
      buffer.length,
      needed,
      count,
      resume,
      null,
    ) as number
    const number = complete ? 0 : lastError()
    if (number !== 0 && number !== WIN32.MORE_DATA) {
      throw new WindowsError('EnumServicesStatusExW', number)
    }
    for (let index = 0; index < count[0]; index += 1) names.push(textAt(buffer, index * ENTRY_SIZE))
    if (number === 0) return names
    if (count[0] === 0) size = Math.max(size * 2, needed[0])
  }
}

/** The one right that ControlService asks for, by control. */
function accessFor(code: number): number {
  if (code === SCM_CONTROLS.stop) return ACCESS.SERVICE_STOP
  if (code === SCM_CONTROLS.interrogate) return ACCESS.SERVICE_INTERROGATE
  return code >= 128 ? ACCESS.SERVICE_USER_DEFINED_CONTROL : ACCESS.SERVICE_PAUSE_CONTINUE
}

/**
 * A level that the SCM does not know is an invalid one, for every service. What cannot be found out
 * counts as known: an installation then fails at that step, and is undone.
 */
function knownExtras(): ReadonlySet<ScmExtra> {
  const known = new Set(SCM_EXTRAS)
  const api = advapi32()
  const scm: Handle | null = api.OpenSCManagerW(null, null, ACCESS.SC_MANAGER_CONNECT)
  const service: Handle | null = scm
    ? api.OpenServiceW(scm, ALWAYS_THERE, ACCESS.SERVICE_QUERY_CONFIG | ACCESS.READ_CONTROL)
    : null
  try {
    if (service) for (const extra of SCM_EXTRAS) if (isUnknown(service, extra)) known.delete(extra)
    return known
  } finally {
    for (const handle of [service, scm]) if (handle) api.CloseServiceHandle(handle)
  }
}

function isUnknown(service: Handle, extra: ScmExtra): boolean {
  try {
    return !isKept(service, extra)
  } catch (error) {
    if (isWindowsError(error)) return error.number === WIN32.INVALID_LEVEL
    throw error
  }
}
