import type { Home } from '../model/home.ts'
import type { ServiceSpec } from '../model/service-spec.ts'

/** The environment that a manager gives to a service: the user's own variables, and stead's. */
export function serviceEnvironment(
  spec: ServiceSpec,
  home: Home,
): Readonly<Record<string, string>> {
  return {
    ...spec.env,
    STEAD_SERVICE: spec.name,
    ...(spec.configFile === null ? {} : { STEAD_CONFIG: spec.configFile }),
    ...(home.root === null ? {} : { STEAD_HOME: home.root }),
  }
}
