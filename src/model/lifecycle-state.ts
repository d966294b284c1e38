/** The states of a service as its own process sees them; `service/lifecycle.ts` has the table. */
export const LIFECYCLE_STATES = [
  'stopped',
  'starting',
  'running',
  'pausing',
  'paused',
  'resuming',
  'reloading',
  'stopping',
] as const

export type LifecycleState = (typeof LIFECYCLE_STATES)[number]
