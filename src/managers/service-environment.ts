import { type Home, parameterDirectory } from '../model/home.ts'
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
    // The guard of a service is given one as well, and gives its program another.
    ...(spec.protocol === 'native' && spec.guard === null
      ? { STEAD_PARAMETERS: parameterDirectory(home, spec.name) }
      : {}),
    // Records of an earlier stead do not have it.
    ...(spec.remote == null ? {} : { STEAD_REMOTE: spec.remote }),
    ...(home.root === null ? {} : { STEAD_HOME: home.root }),
  }
}
