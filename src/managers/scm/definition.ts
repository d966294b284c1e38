import type { Home } from '../../model/home.ts'
import type { ScmConfig, ScmExtras } from '../../model/ports/service-control.ts'
import type { ScmRecord } from '../../model/scm-record.ts'
import {
  SC_GROUP_IDENTIFIER,
  SCM_ERROR_CONTROLS,
  type ScmStartType,
  SERVICE_WIN32_OWN_PROCESS,
} from '../../model/scm-values.ts'
import type { ServiceSpec, StartType } from '../../model/service-spec.ts'
import { LOCAL_SERVICE } from '../../model/windows-account.ts'
import { RECORD_SEAL, recordSeal } from '../record-seal.ts'
import { serviceEnvironment } from '../service-environment.ts'
import { commandLine } from '../windows-command-line.ts'
import { accountOf } from './account.ts'
import { needOfGuard, serviceFor } from './by-itself.ts'
import { failureActionsOf } from './failure-actions.ts'

/** All that Windows keeps of a service that stead installs. */
export interface ScmDefinition {
  readonly config: ScmConfig
  /** A security descriptor of null is left to Windows. */
  readonly extras: Omit<ScmExtras, 'securityDescriptor'> & {
    readonly securityDescriptor: string | null
  }
  /** `NAME=VALUE` each: REG_MULTI_SZ `Environment` of the service's key; empty for no value. */
  readonly environment: readonly string[]
  readonly record: ScmRecord
}

/**
 * A service's definition in Windows, or that of its guard; says nothing about whether Windows can
 * honour it.
 *
 * @param stead how stead is started, for a service that needs its guard
 */
export function definitionOf(
  asked: ServiceSpec,
  home: Home,
  stead: readonly string[],
): ScmDefinition {
  const spec = serviceFor(asked, stead)
  const guarded = needOfGuard(asked) !== null
  // The key of a service is an administrator's to write; the record is a file beside others.
  const env = {
    ...serviceEnvironment(spec, home),
    ...(guarded ? { [RECORD_SEAL]: recordSeal(asked) } : {}),
  }
  return {
    config: {
      type: SERVICE_WIN32_OWN_PROCESS,
      startType: START_TYPES[spec.startType],
      errorControl: SCM_ERROR_CONTROLS[spec.windows.errorControl],
      commandLine: commandLine(spec.file, spec.args),
      dependencies: [
        ...spec.dependsOn,
        ...spec.windows.dependsOnGroups.map((group) => `${SC_GROUP_IDENTIFIER}${group}`),
      ],
      group: spec.windows.startGroup,
      account: accountOf(spec.user, spec.name) ?? LOCAL_SERVICE,
      displayName: spec.displayName ?? spec.name,
    },
    extras: {
      description: spec.description ?? '',
      delayedStart: spec.startType === 'delayed',
      failureActions: failureActionsOf(spec.restart),
      // A guard that says how its program ended has given up for good, and stays so. One that died
      // without a word is a failure with and without the flag (SERVICE_FAILURE_ACTIONS_FLAG).
      failureActionsOnCode: !guarded && spec.restart.when !== 'no',
      preshutdownTimeout: spec.windows.preshutdownTimeout ?? spec.stopTimeout,
      serviceSid: spec.windows.serviceSid,
      privileges: spec.windows.privileges ?? [],
      securityDescriptor: spec.windows.securityDescriptor,
    },
    environment: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    record: {
      version: 1,
      home: homeMark(home),
      protocol: spec.protocol,
      cwd: spec.cwd,
      env,
      envFile: spec.envFile,
      configFile: spec.configFile,
      logFile: logFileOf(home, spec.name),
      startTimeout: spec.startTimeout,
      stopTimeout: spec.stopTimeout,
      watchdog: spec.watchdog,
      ...(spec.windows.securityDescriptor === null
        ? {}
        : { securityDescriptor: spec.windows.securityDescriptor }),
    },
  }
}

const START_TYPES: Readonly<Record<StartType, ScmStartType>> = {
  auto: 'auto',
  delayed: 'auto',
  manual: 'demand',
  disabled: 'disabled',
}

/** The start type that a configuration means; null for a driver's. */
export function startTypeOf(config: ScmConfig, delayed: boolean): StartType | null {
  switch (config.startType) {
    case 'auto':
      return delayed ? 'delayed' : 'auto'
    case 'demand':
      return 'manual'
    case 'disabled':
      return 'disabled'
    case 'boot':
    case 'system':
      return null
  }
}

/** The installation of stead that a service belongs to. */
export function homeMark(home: Home): string {
  return home.root ?? home.specs
}

/** Paths of Windows are the same whatever their case. */
export function isOfHome(record: ScmRecord, home: Home): boolean {
  return record.home.toLowerCase() === homeMark(home).toLowerCase()
}

export function logFileOf(home: Home, name: string): string {
  return `${home.logs}\\${name}.log`
}
