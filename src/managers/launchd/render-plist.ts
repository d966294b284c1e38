import type { Home } from '../../model/home.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { serviceEnvironment } from '../service-environment.ts'
import { formatMarker, markerOf } from './marker.ts'
import { logPath, type Paths } from './paths.ts'
import { type PlistValue, renderPlist } from './plist.ts'
import { throttleSeconds } from './throttle.ts'

/** The job definition of a service, as launchd.plist(5) describes it. Pure and deterministic. */
export function renderJob(spec: ServiceSpec, home: Home, paths: Paths): string {
  return renderPlist(jobOf(spec, home, paths), formatMarker(markerOf(spec, home)))
}

function jobOf(spec: ServiceSpec, home: Home, paths: Paths): PlistValue {
  const log = logPath(paths, spec.name)
  const { openFiles } = spec.limits
  return withoutNull({
    Label: spec.name,
    ProgramArguments: [spec.file, ...spec.args],
    WorkingDirectory: spec.cwd,
    EnvironmentVariables: serviceEnvironment(spec, home),
    UserName: spec.user,
    GroupName: spec.group,
    RunAtLoad: spec.startType === 'auto' ? true : null,
    KeepAlive: keepAliveOf(spec),
    ThrottleInterval: spec.restart.when === 'no' ? null : throttleSeconds(spec.restart),
    ExitTimeOut: exitTimeOut(spec),
    AbandonProcessGroup: spec.killMode === 'process' ? true : null,
    SoftResourceLimits: openFiles === null ? null : { NumberOfFiles: openFiles },
    HardResourceLimits: openFiles === null ? null : { NumberOfFiles: openFiles },
    StandardOutPath: log,
    StandardErrorPath: log,
  })
}

function keepAliveOf(spec: ServiceSpec): PlistValue | null {
  switch (spec.restart.when) {
    case 'always':
      return true
    case 'on-failure':
      return { SuccessfulExit: false }
    case 'no':
      return null
  }
}

/** Whole seconds until SIGKILL. Never 0, which would mean for ever. */
function exitTimeOut(spec: ServiceSpec): number {
  return Math.max(1, Math.ceil(spec.stopTimeout / 1_000))
}

function withoutNull(values: Readonly<Record<string, PlistValue | null>>): PlistValue {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, PlistValue] => entry[1] !== null),
  )
}
