import type { GuardMetrics } from '../model/guard-metrics.ts'
import { PROGRAM_PHASES } from '../model/guard-status.ts'
import type { FamilyHead, Series } from './family.ts'
import { unixTime } from './service-families.ts'

/** A family about the guard as a whole. */
export interface GuardFamily extends FamilyHead {
  readonly of: (metrics: GuardMetrics) => readonly Series[]
}

/** What is told of the guard, in this order. */
export const GUARD_FAMILIES: readonly GuardFamily[] = [
  {
    name: 'stead_build',
    type: 'info',
    help: 'The version of the guard, and what it is called',
    labels: ['version', 'project'],
    of: ({ guard }) => [{ labels: [guard.version, guard.project], value: 1 }],
  },
  {
    name: 'stead_guard_start_time_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'Unix time at which the guard started',
    labels: [],
    of: ({ guard }) => plain(unixTime(guard.since)),
  },
  {
    name: 'stead_guard_memory_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Resident memory of the guard itself',
    labels: [],
    of: ({ own }) => plain(own.memory),
  },
  {
    name: 'stead_guard_cpu_seconds',
    type: 'counter',
    unit: 'seconds',
    help: 'Processor time of the guard itself',
    labels: [],
    of: ({ guard, own }) => counted(guard.since, own.cpu / 1000),
  },
  {
    name: 'stead_guard_open_descriptors',
    type: 'gauge',
    help: 'Descriptors that the guard has open',
    labels: [],
    of: ({ own }) => (own.descriptors === null ? [] : plain(own.descriptors)),
  },
  {
    name: 'stead_guard_event_loop_lag_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'How late the timers of the guard are; measured while somebody asks',
    labels: [],
    of: ({ lag }) => (lag === null ? [] : [{ labels: [], value: lag }]),
  },
  {
    name: 'stead_guard_events',
    type: 'counter',
    help: 'Events that the guard and earlier ones have told: the number of the newest',
    labels: [],
    of: ({ guard }) => plain(guard.event),
  },
  {
    name: 'stead_guard_events_lost',
    type: 'counter',
    help: 'Events that could not be stored',
    labels: [],
    of: ({ guard, eventsLost }) => counted(guard.since, eventsLost),
  },
  {
    name: 'stead_guard_instances',
    type: 'gauge',
    help: 'How many instances are in each phase',
    labels: ['phase'],
    of: ({ services }) => {
      const counts = new Map<string, number>(PROGRAM_PHASES.map((phase) => [phase, 0]))
      for (const { status } of services) {
        counts.set(status.phase, (counts.get(status.phase) ?? 0) + 1)
      }
      return [...counts].map(([phase, value]) => ({ labels: [phase], value }))
    },
  },
  {
    name: 'stead_group_service',
    type: 'info',
    help: 'Which services a group has in it',
    labels: ['group', 'service'],
    of: ({ groups }) =>
      groups
        .flatMap(({ name, services }) =>
          services.map((service) => ({ labels: [name, service], value: 1 })),
        )
        .slice(0, MOST_MEMBERS),
  },
  {
    name: 'stead_metrics_collection_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'How long the guard took to find out what is told here',
    labels: [],
    of: ({ took }) => plain(took / 1000),
  },
]

/** A service may be in many groups. */
const MOST_MEMBERS = 5_000

function plain(value: number): Series[] {
  return [{ labels: [], value }]
}

function counted(since: string, value: number): Series[] {
  return [{ labels: [], value, created: unixTime(since) }]
}
