import type { InstanceMetrics } from '../model/guard-metrics.ts'
import type { FamilyHead, Series } from './family.ts'

/** A family that has series for each instance; its first labels are `service` and `id`: `api` and
 * `api@2`. A label `instance` is the scraper's own, which would rename ours. */
export interface ServiceFamily extends FamilyHead {
  readonly of: (instance: InstanceMetrics) => readonly Series[]
}

/** What is told of each instance, in this order. */
export const SERVICE_FAMILIES: readonly ServiceFamily[] = [
  gauge('stead_service_phase', 'The phase that an instance is in: 1 for that one alone', {
    labels: ['phase'],
    of: (one) => [series(one, 1, [one.status.phase])],
  }),
  gauge('stead_service_wanted', '1 where it is to run: want is up or once', {
    of: (one) => [series(one, isWanted(one) ? 1 : 0)],
  }),
  gauge('stead_service_ready', '1 where it is ready', {
    of: (one) => [series(one, one.status.ready ? 1 : 0)],
  }),
  gauge('stead_service_healthy', 'Its health probe: 1 good, 0 bad; none where it is not known', {
    of: (one) =>
      one.status.health === 'unknown' ? [] : [series(one, one.status.health === 'healthy' ? 1 : 0)],
  }),
  gauge('stead_service_start_time_seconds', 'Unix time at which its present life began', {
    unit: 'seconds',
    of: (one) =>
      one.status.startedAt === null ? [] : [series(one, unixTime(one.status.startedAt))],
  }),
  counter('stead_service_starts', 'Lives that it has had, also under earlier guards', {
    of: (one) => [series(one, one.status.incarnation)],
  }),
  counter('stead_service_restarts', 'Lives that followed another one, by why that one ended', {
    labels: ['cause'],
    of: (one) => counted(one, { itself: 0, ...one.tally.restarts }),
  }),
  counter('stead_service_ends', 'Lives that ended, by why', {
    labels: ['cause'],
    of: (one) => counted(one, { itself: 0, ...one.tally.ends }),
  }),
  gauge('stead_service_failures', 'Failures that count towards its restart limit now', {
    of: (one) => [series(one, one.status.failures)],
  }),
  counter('stead_service_phase_seconds', 'Time that it spent in each phase', {
    unit: 'seconds',
    labels: ['phase'],
    of: (one) => counted(one, one.tally.phases, 1 / 1000),
  }),
  histogram('stead_service_ready_seconds', 'From a start until it was ready', {
    of: (one) => times(one, one.tally.ready),
  }),
  histogram('stead_service_fault_detection_seconds', 'From a fault until the guard knew', {
    of: (one) => times(one, one.tally.detection),
  }),
  histogram('stead_service_fault_recovery_seconds', 'From a fault until it was ready again', {
    of: (one) => times(one, one.tally.recovery),
  }),
  histogram('stead_service_probe_seconds', 'How long its probes took', {
    labels: ['probe'],
    of: (one) =>
      Object.entries(one.tally.probes).flatMap(([kind, { took }]) => times(one, took, [kind])),
  }),
  counter('stead_service_probe_failures', 'Probes that failed', {
    labels: ['probe'],
    of: (one) =>
      Object.entries(one.tally.probes).map(([kind, { failed }]) => since(one, failed, [kind])),
  }),
  counter('stead_service_output_bytes', 'What it wrote to its output', {
    unit: 'bytes',
    of: (one) => ofOutput(one, ({ emitted }) => since(one, emitted)),
  }),
  counter('stead_service_output_stored_bytes', 'Output that is in its log', {
    unit: 'bytes',
    of: (one) => ofOutput(one, ({ stored }) => since(one, stored)),
  }),
  counter('stead_service_output_dropped_bytes', 'Output that could not be stored', {
    unit: 'bytes',
    of: (one) => ofOutput(one, ({ dropped }) => since(one, dropped)),
  }),
  gauge('stead_service_output_pending_bytes', 'Output that waits to be taken', {
    unit: 'bytes',
    of: (one) => ofOutput(one, ({ pending }) => series(one, pending)),
  }),
  counter('stead_service_output_lines', 'Lines in its log; none are counted of raw output', {
    of: (one) => ofOutput(one, ({ lines }) => since(one, lines)),
  }),
  counter('stead_service_output_gaps', 'Gaps that are marked in its log', {
    of: (one) => ofOutput(one, ({ gaps }) => since(one, gaps)),
  }),
  gauge('stead_service_output_trouble', '1 where its output cannot be stored at present', {
    of: (one) => ofOutput(one, ({ trouble }) => series(one, trouble === null ? 0 : 1)),
  }),
  gauge(
    'stead_service_memory_bytes',
    'Resident memory of all its processes, on Windows committed',
    {
      unit: 'bytes',
      of: (one) => ofBurden(one, ({ memory }) => series(one, memory)),
    },
  ),
  counter('stead_service_cpu_seconds', 'Processor time of all its processes, over its lives', {
    unit: 'seconds',
    of: (one) => ofBurden(one, ({ cpu }) => since(one, cpu / 1000)),
  }),
  gauge('stead_service_processes', 'How many processes it has', {
    of: (one) => ofBurden(one, ({ processes }) => series(one, processes)),
  }),
  gauge('stead_service_open_descriptors', 'Descriptors that its processes have open', {
    of: (one) =>
      one.burden === null || one.burden.descriptors === null
        ? []
        : [series(one, one.burden.descriptors)],
  }),
  gauge(
    'stead_service_parameter',
    'A run-time parameter: a number, seconds of a duration, bytes of a size, 1 and 0 for true and false',
    { labels: ['parameter'], of: (one) => parameterSeries(one) },
  ),
  family('stead_service_parameter_choice', 'info', 'The present value of a parameter, of an enum', {
    labels: ['parameter', 'value'],
    of: (one) =>
      one.parameters.flatMap(({ name, type, value }) =>
        type === 'enum' ? [series(one, 1, [name, String(value)])] : [],
      ),
  }),
  gauge('stead_service_survivors', 'Processes of it that could not be ended', {
    of: (one) => [series(one, one.status.survivors.length)],
  }),
]

interface Shape {
  readonly unit?: 'seconds' | 'bytes'
  readonly labels?: readonly string[]
  readonly of: ServiceFamily['of']
}

function gauge(name: string, help: string, shape: Shape): ServiceFamily {
  return family(name, 'gauge', help, shape)
}

function counter(name: string, help: string, shape: Shape): ServiceFamily {
  return family(name, 'counter', help, shape)
}

function histogram(name: string, help: string, shape: Shape): ServiceFamily {
  return family(name, 'histogram', help, { ...shape, unit: 'seconds' })
}

function family(
  name: string,
  type: FamilyHead['type'],
  help: string,
  { labels = [], ...shape }: Shape,
): ServiceFamily {
  return { name, type, help, labels: ['service', 'id', ...labels], ...shape }
}

function series(
  { status: { service, id } }: InstanceMetrics,
  value: Series['value'],
  more: readonly string[] = [],
): Series {
  return { labels: [service, id, ...more], value }
}

/** Of what is counted since the guard knows the instance. */
function since(one: InstanceMetrics, value: Series['value'], more: readonly string[] = []): Series {
  return { ...series(one, value, more), created: unixTime(one.tally.since) }
}

function counted(
  one: InstanceMetrics,
  counts: Readonly<Partial<Record<string, number>>>,
  factor = 1,
): Series[] {
  return Object.entries(counts).map(([name, count = 0]) => since(one, count * factor, [name]))
}

function times(
  one: InstanceMetrics,
  value: InstanceMetrics['tally']['ready'],
  more: readonly string[] = [],
): Series[] {
  return value === null ? [] : [since(one, value, more)]
}

function ofOutput(
  { output }: InstanceMetrics,
  read: (counts: NonNullable<InstanceMetrics['output']>) => Series,
): Series[] {
  return output === null ? [] : [read(output)]
}

function ofBurden(
  { burden }: InstanceMetrics,
  read: (burden: NonNullable<InstanceMetrics['burden']>) => Series,
): Series[] {
  return burden === null ? [] : [read(burden)]
}

/** Texts are not told: each would be a series of its own. */
function parameterSeries(one: InstanceMetrics): Series[] {
  return one.parameters.flatMap(({ name, type, value }) => {
    if (typeof value === 'string') return []
    return [series(one, type === 'duration' ? Number(value) / 1000 : Number(value), [name])]
  })
}

function isWanted({ status: { want } }: InstanceMetrics): boolean {
  return want.state === 'up' || want.state === 'once'
}

/** Seconds. */
export function unixTime(iso: string): number {
  return Date.parse(iso) / 1000
}
