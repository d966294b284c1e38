import type { RestartPolicy } from '../../model/service-spec.ts'

/**
 * Seconds for `ThrottleInterval`, the shortest time between two starts of a job (launchd.plist(5)).
 * It keeps the delay of a service that fails at once, and a limit of `count` starts in a `window`
 * because starts that are `window / count` apart cannot be more. Never 0, which would mean 10.
 */
export function throttleSeconds({ delay, limit }: RestartPolicy): number {
  const spacing = limit === null ? 0 : limit.window / limit.count
  return Math.max(1, Math.ceil(Math.max(delay, spacing) / 1_000))
}
