import { SteadError } from '../errors.ts'
import type { Protocol } from './service-spec.ts'

/**
 * What the manager writes beside a Windows service and the service reads back when it starts: the
 * SCM knows neither a working directory nor time limits of ours, and the record marks the service
 * as installed by one stead home.
 *
 * It is JSON in the REG_SZ value {@link SCM_RECORD_VALUE} of the service's `Parameters` key.
 */
export interface ScmRecord {
  readonly version: 1
  /** The installation it belongs to: {@link Home.root}, or its `specs` directory without a root. */
  readonly home: string
  readonly protocol: Protocol
  /** The service changes to it before user code is loaded; null to stay where the SCM starts it. */
  readonly cwd: string | null
  /** The variables of the service itself, `STEAD_…` among them; set before user code is loaded. */
  readonly env: Readonly<Record<string, string>>
  /** A file of `KEY=VALUE` lines, read at each start; its values win over `env`. */
  readonly envFile: string | null
  readonly configFile: string | null
  /** Where the service writes its log lines (`log-line.ts`). */
  readonly logFile: string
  /** Milliseconds. */
  readonly startTimeout: number
  readonly stopTimeout: number
  /** The longest silence between two heartbeats, in milliseconds; null for no watchdog. */
  readonly watchdog: number | null
  /** The account to which stead gave the right to log on as a service; left out where it gave none. */
  readonly logonRightOf?: string
  /** The one that stead gave the service; left out where Windows' own holds. */
  readonly securityDescriptor?: string
}

/** Subkey of `HKLM\SYSTEM\CurrentControlSet\Services\NAME`. */
export const SCM_RECORD_KEY = 'Parameters'
export const SCM_RECORD_VALUE = 'Stead'

/** `SYSTEM\CurrentControlSet\Services\NAME\Parameters`, below HKEY_LOCAL_MACHINE. */
export function scmRecordPath(name: string): string {
  return `SYSTEM\\CurrentControlSet\\Services\\${name}\\${SCM_RECORD_KEY}`
}

export function formatScmRecord(record: ScmRecord): string {
  return JSON.stringify(record)
}

/**
 * Reads what {@link formatScmRecord} wrote.
 *
 * @returns null where the text is not a record of ours at all
 * @throws SPEC_INVALID for a record of a version that this stead does not know, or with parts missing
 */
export function parseScmRecord(text: string, source: string): ScmRecord | null {
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || !('version' in value)) return null
  if (value.version !== 1) {
    throw invalid(source, `its version is ${JSON.stringify(value.version)}, known is 1`)
  }
  const fields = value as unknown as Record<keyof ScmRecord, unknown>
  const problems = (Object.keys(SHAPE) as (keyof ScmRecord)[]).filter(
    (key) => !SHAPE[key](fields[key]),
  )
  if (problems.length > 0) throw invalid(source, `unusable: ${problems.join(', ')}`)
  return value as unknown as ScmRecord
}

const isText = (value: unknown): boolean => typeof value === 'string'
const isTextOrNull = (value: unknown): boolean => value === null || isText(value)
const isTextOrNone = (value: unknown): boolean => value === undefined || isText(value)
const isTime = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

const SHAPE: Readonly<Record<keyof Required<ScmRecord>, (value: unknown) => boolean>> = {
  version: (value) => value === 1,
  home: isText,
  protocol: (value) => value === 'native' || value === 'none',
  cwd: isTextOrNull,
  env: (value) => typeof value === 'object' && value !== null && Object.values(value).every(isText),
  envFile: isTextOrNull,
  configFile: isTextOrNull,
  logFile: isText,
  startTimeout: isTime,
  stopTimeout: isTime,
  watchdog: (value) => value === null || isTime(value),
  logonRightOf: isTextOrNone,
  securityDescriptor: isTextOrNone,
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function invalid(source: string, problem: string): SteadError {
  return new SteadError('SPEC_INVALID', { source, problems: [problem] })
}
