/**
 * What a dependency has to be: `started` its process lives; `ready` it is ready; `healthy` its
 * health probe succeeded; `completed` it ended; `succeeded` it ended with success.
 */
export type DependencyCondition = (typeof DEPENDENCY_CONDITIONS)[number]

export const DEPENDENCY_CONDITIONS = [
  'started',
  'ready',
  'healthy',
  'completed',
  'succeeded',
] as const
