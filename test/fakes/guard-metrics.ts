import type { GuardMetrics, Histogram, InstanceMetrics } from '../../src/model/guard-metrics.ts'
import {
  EXIT_CAUSES,
  type GuardFacts,
  type InstanceStatus,
  PROGRAM_PHASES,
} from '../../src/model/guard-status.ts'

/** Stands for what a guard has measured: everything that can be told of an instance is. */
export function guardMetrics(guard: GuardFacts, services: readonly InstanceStatus[]): GuardMetrics {
  return {
    guard,
    own: { memory: 60_000_000, cpu: 1_250, descriptors: 40 },
    lag: histogram(),
    eventsLost: 0,
    took: 12,
    groups: [{ name: 'front', strategy: 'one_for_one', services: ['svc-0'] }],
    services: services.map(instanceMetrics),
  }
}

export function instanceMetrics(status: InstanceStatus): InstanceMetrics {
  return {
    status,
    tally: {
      since: '2026-01-01T00:00:00.000Z',
      restarts: Object.fromEntries(EXIT_CAUSES.map((cause, at) => [cause, at + 1])),
      ends: Object.fromEntries(EXIT_CAUSES.map((cause, at) => [cause, at + 2])),
      phases: Object.fromEntries(PROGRAM_PHASES.map((phase, at) => [phase, at * 1_000])),
      ready: histogram(),
      detection: histogram(),
      recovery: histogram(),
      probes: {
        ready: { failed: 1, took: histogram() },
        health: { failed: 0, took: histogram() },
      },
    },
    output: {
      emitted: 110,
      stored: 100,
      dropped: 7,
      pending: 3,
      gaps: 1,
      lines: 9,
      rotations: 0,
      trouble: null,
    },
    parameters: [],
    burden: { memory: 1024, cpu: 50, processes: 2, descriptors: 11 },
  }
}

function histogram(): Histogram {
  return { bounds: [0.1, 1], counts: [2, 1, 1], sum: 3.25 }
}
