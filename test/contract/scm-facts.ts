import type { ServiceControl } from '../../src/model/ports/service-control.ts'
import { parseScmRecord } from '../../src/model/scm-record.ts'

/** What the Service Control Manager and the registry say of a service, in the words of a spec. */
export async function scmFacts(
  control: ServiceControl,
  name: string,
): Promise<Readonly<Record<string, unknown>>> {
  const config = await control.config(name)
  const value = await control.readValue(name, 'Parameters', 'Stead')
  const record = value?.type === 'REG_SZ' ? parseScmRecord(value.data, name) : null
  const facts: Record<string, unknown> = {
    displayName: config.displayName,
    startType: startTypes[config.startType],
    dependsOn: config.dependencies.filter((name) => !name.startsWith('+')),
    'windows.startGroup': config.group,
    'windows.dependsOnGroups': config.dependencies
      .filter((name) => name.startsWith('+'))
      .map((name) => name.slice(1)),
    'windows.errorControl': ['ignore', 'normal', 'severe', 'critical'][config.errorControl],
    user: config.account,
    startTimeout: record?.startTimeout,
    // It asks the service itself and nobody else, which is what a plan's notes say of the default.
    killMode: 'mixed',
  }
  if (control.extras.has('delayedStart') && (await control.extra(name, 'delayedStart'))) {
    facts.startType = 'delayed'
  }
  if (control.extras.has('description'))
    facts.description = await control.extra(name, 'description')
  if (control.extras.has('preshutdownTimeout')) {
    facts.stopTimeout = await control.extra(name, 'preshutdownTimeout')
    facts['windows.preshutdownTimeout'] = facts.stopTimeout
  }
  for (const extra of ['serviceSid', 'privileges', 'securityDescriptor'] as const) {
    if (control.extras.has(extra)) facts[`windows.${extra}`] = await control.extra(name, extra)
  }
  if (control.extras.has('failureActions')) {
    const { actions, resetPeriod } = await control.extra(name, 'failureActions')
    const restarts = actions.filter(({ type }) => type === 'restart')
    facts['restart.when'] = restarts.length > 0 ? 'on-failure' : 'no'
    facts['restart.delay'] = restarts[0]?.delay
    facts['restart.limit'] =
      actions.at(-1)?.type === 'none'
        ? { count: actions.length, window: resetPeriod * 1_000 }
        : null
  } else facts['restart.when'] = 'no'
  return facts
}

const startTypes = {
  auto: 'auto',
  demand: 'manual',
  disabled: 'disabled',
  boot: null,
  system: null,
}

/** All that is kept of a service, as one text; null where there is none. */
export async function scmDump(control: ServiceControl, name: string): Promise<string | null> {
  try {
    const extras: unknown[] = []
    for (const extra of control.extras) extras.push(extra, await control.extra(name, extra))
    return JSON.stringify([
      await control.config(name),
      extras,
      await control.readValue(name, '', 'Environment'),
      await control.readValue(name, 'Parameters', 'Stead'),
    ])
  } catch {
    return null
  }
}
