/** Numbers of <winerror.h> that stead acts on. */
export const WIN32 = {
  FILE_NOT_FOUND: 2,
  PATH_NOT_FOUND: 3,
  ACCESS_DENIED: 5,
  SHARING_VIOLATION: 32,
  BAD_NETPATH: 53,
  BAD_NET_NAME: 67,
  INSUFFICIENT_BUFFER: 122,
  INVALID_NAME: 123,
  INVALID_LEVEL: 124,
  BAD_EXE_FORMAT: 193,
  NOT_A_DIRECTORY: 267,
  MORE_DATA: 234,
  DEPENDENT_SERVICES_RUNNING: 1051,
  INVALID_SERVICE_CONTROL: 1052,
  SERVICE_REQUEST_TIMEOUT: 1053,
  SERVICE_ALREADY_RUNNING: 1056,
  INVALID_SERVICE_ACCOUNT: 1057,
  SERVICE_DISABLED: 1058,
  CIRCULAR_DEPENDENCY: 1059,
  SERVICE_DOES_NOT_EXIST: 1060,
  SERVICE_CANNOT_ACCEPT_CTRL: 1061,
  SERVICE_NOT_ACTIVE: 1062,
  SERVICE_SPECIFIC_ERROR: 1066,
  PROCESS_ABORTED: 1067,
  SERVICE_DEPENDENCY_FAIL: 1068,
  SERVICE_LOGON_FAILED: 1069,
  SERVICE_MARKED_FOR_DELETE: 1072,
  SERVICE_EXISTS: 1073,
  SERVICE_DEPENDENCY_DELETED: 1075,
  SERVICE_NEVER_STARTED: 1077,
  DUPLICATE_SERVICE_NAME: 1078,
  SHUTDOWN_IN_PROGRESS: 1115,
  NONE_MAPPED: 1332,
  RPC_SERVER_UNAVAILABLE: 1722,
} as const

const MEANING: Readonly<Record<number, string>> = {
  [WIN32.FILE_NOT_FOUND]: 'a file or directory was not found',
  [WIN32.PATH_NOT_FOUND]: 'the path was not found',
  [WIN32.ACCESS_DENIED]: 'access is denied',
  [WIN32.INVALID_LEVEL]: 'this Windows does not know the setting',
  [WIN32.BAD_EXE_FORMAT]: 'the file is not a program for this Windows',
  [WIN32.NOT_A_DIRECTORY]: 'the directory is none, or has no usable name',
  [WIN32.DEPENDENT_SERVICES_RUNNING]: 'services that depend on it are running',
  [WIN32.INVALID_SERVICE_CONTROL]: 'the service does not take this control',
  [WIN32.SERVICE_REQUEST_TIMEOUT]: 'the service did not answer the Service Control Manager in time',
  [WIN32.SERVICE_ALREADY_RUNNING]: 'it is running already',
  [WIN32.INVALID_SERVICE_ACCOUNT]: 'the account does not exist or needs a password',
  [WIN32.SERVICE_DISABLED]: 'its start type is disabled, or so is that of one it depends on',
  [WIN32.CIRCULAR_DEPENDENCY]: 'it depends on itself by way of others',
  [WIN32.SERVICE_DOES_NOT_EXIST]: 'there is no such service',
  [WIN32.SERVICE_CANNOT_ACCEPT_CTRL]: 'the service cannot take controls at this moment',
  [WIN32.SERVICE_NOT_ACTIVE]: 'the service is not running',
  [WIN32.PROCESS_ABORTED]: 'its process ended without a word',
  [WIN32.SERVICE_DEPENDENCY_FAIL]: 'a service that it depends on did not start',
  [WIN32.SERVICE_LOGON_FAILED]:
    'its account could not be logged on: its password or its right to log on as a service is wrong',
  [WIN32.SERVICE_MARKED_FOR_DELETE]: 'it is marked for deletion and some program still holds it',
  [WIN32.SERVICE_EXISTS]: 'a service of that name exists',
  [WIN32.SERVICE_DEPENDENCY_DELETED]: 'a service that it depends on is not installed',
  [WIN32.SERVICE_NEVER_STARTED]: 'it was never started since the machine came up',
  [WIN32.DUPLICATE_SERVICE_NAME]: 'another service has that name or display name',
  [WIN32.SHUTDOWN_IN_PROGRESS]: 'the machine is shutting down',
  [WIN32.NONE_MAPPED]: 'there is no such account',
  [WIN32.RPC_SERVER_UNAVAILABLE]: 'the Service Control Manager does not answer',
}

/** A Windows error in words: `Windows error 1069: its account could not be logged on`. */
export function describeWindowsError(number: number): string {
  const meaning = MEANING[number]
  return meaning === undefined ? `Windows error ${number}` : `Windows error ${number}: ${meaning}`
}

/**
 * A call of the Windows API that failed, with its number. What crosses the border of the platform;
 * a manager turns it into an error of stead.
 */
export class WindowsError extends Error {
  override readonly name = 'WindowsError'
  /** The function that failed: `OpenServiceW`. */
  readonly api: string
  /** As GetLastError or the registry returned it. */
  readonly number: number

  constructor(api: string, number: number) {
    super(`${api}: ${describeWindowsError(number)}`)
    this.api = api
    this.number = number
  }
}

/** True for a {@link WindowsError} with one of the numbers, or with any when none is named. */
export function isWindowsError(error: unknown, ...numbers: number[]): error is WindowsError {
  return error instanceof WindowsError && (numbers.length === 0 || numbers.includes(error.number))
}
