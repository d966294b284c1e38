import type { Home } from '../../model/home.ts'
import type { Scope, StartType } from '../../model/service-spec.ts'

/** Where a service's files lie. */
export interface Paths {
  /** The directory that launchd reads at boot (daemons) or login (agents). */
  readonly scanned: string
  /** Ours, for services that nothing starts but a request: launchd does not look there by itself. */
  readonly kept: string
  readonly logs: string
}

/** launchd.plist(5), FILES. */
export function pathsOf(scope: Scope, home: Home, userHome: string): Paths {
  return {
    scanned: scope === 'system' ? '/Library/LaunchDaemons' : `${userHome}/Library/LaunchAgents`,
    kept: `${home.state}/launchd`,
    logs: home.logs,
  }
}

/**
 * The plist of a service. One that starts by itself lies where launchd looks; another one must not:
 * launchd would load it at boot, and a job with KeepAlive runs as soon as it is loaded.
 */
export function plistPath(paths: Paths, name: string, startType: StartType): string {
  return `${startType === 'auto' ? paths.scanned : paths.kept}/${name}.plist`
}

/** Both places where the plist of a service can be. */
export function plistPaths(paths: Paths, name: string): readonly string[] {
  return [`${paths.scanned}/${name}.plist`, `${paths.kept}/${name}.plist`]
}

export function logPath(paths: Paths, name: string): string {
  return `${paths.logs}/${name}.log`
}
