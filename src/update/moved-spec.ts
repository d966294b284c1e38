import type { ServiceSpec } from '../model/service-spec.ts'

/**
 * A service as it was asked for, with the executable and all else that lies in the directory of one
 * version taken from that of another. Both are absolute; `/` and `\` separate, as the system has it.
 */
export function movedSpec(
  spec: ServiceSpec,
  from: string,
  to: string,
  executable: string,
): ServiceSpec {
  const moved = (path: string): string => {
    if (path === from) return to
    const isBelow = path.startsWith(from) && /[\\/]/.test(path[from.length] ?? '')
    return isBelow ? to + path.slice(from.length) : path
  }
  const where = <T extends string | null>(path: T): T => (path === null ? path : (moved(path) as T))
  return {
    ...spec,
    file: executable,
    args: spec.args.map(moved),
    cwd: where(spec.cwd),
    configFile: where(spec.configFile),
    remote: where(spec.remote),
    envFile: where(spec.envFile),
  }
}
