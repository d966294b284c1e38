import { isDeepStrictEqual } from 'node:util'
import { SteadError } from '../../errors.ts'
import type { InstallOutcome, Plan } from '../../model/plan.ts'
import type {
  RegistryValue,
  ScmConfig,
  ScmExtra,
  ScmExtras,
  ServiceControl,
} from '../../model/ports/service-control.ts'
import {
  formatScmRecord,
  SCM_RECORD_KEY,
  SCM_RECORD_VALUE,
  type ScmRecord,
} from '../../model/scm-record.ts'
import { isWindowsError, WIN32 } from '../../model/windows-error.ts'
import { refuseUnsupported } from '../installation.ts'
import { sameAccount } from './account.ts'
import type { ScmContext } from './context.ts'
import { definitionOf, type ScmDefinition } from './definition.ts'
import { DEFAULT_DESCRIPTOR, sameDescriptor } from './descriptor.ts'
import { MANAGER, steadError } from './errors.ts'
import { applyEventSource, requireOwnSource } from './event-source.ts'
import { recordOf, requireOurs } from './ownership.ts'
import { whenGone } from './uninstall.ts'

type Undo = () => Promise<void>
type TextValue = Exclude<RegistryValue, { type: 'other' }>

/** Carries a plan out: creates the service, changes what differs, or changes nothing. */
export async function installService(context: ScmContext, plan: Plan): Promise<InstallOutcome> {
  refuseUnsupported(plan)
  const { name } = plan.spec
  const wanted = definitionOf(plan.spec, context.home, context.stead)
  const undo: Undo[] = []
  try {
    await requireOwnSource(context.eventSources, name)
    const created = await createdNow(context, name, wanted.config)
    if (created) undo.push(() => context.control.delete(name))
    await applyDifferences(context.control, name, wanted, undo)
    await applyEventSource(context.eventSources, name, undo)
    await context.files.makeDirectory(context.home.logs, 0o755)
    if (created) return 'created'
    return undo.length > 0 ? 'updated' : 'unchanged'
  } catch (error) {
    const told = steadError(error, 'install', name)
    for (const step of undo.reverse()) await undoing(step, name, told)
    throw told
  }
}

async function undoing(step: Undo, name: string, first: unknown): Promise<void> {
  try {
    await step()
  } catch (error) {
    const said = (value: unknown): string => (value instanceof Error ? value.message : `${value}`)
    throw new SteadError(
      'MANAGER_FAILED',
      {
        manager: MANAGER,
        action: `undo the installation of ${name}`,
        detail: `${said(error)}, after ${said(first)}`,
        remedy: `remove what is left: stead uninstall ${name}`,
      },
      { cause: first },
    )
  }
}

/** True when the service was not there and is now; one that is being deleted is waited out. */
async function createdNow(context: ScmContext, name: string, config: ScmConfig): Promise<boolean> {
  const { control } = context
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (await requireOurs(context, name)) {
        // Changes nothing, needs the right to, and is refused for a service marked for deletion.
        await control.change(name, {})
        return false
      }
      await control.create(name, config)
      return true
    } catch (error) {
      if (!isWindowsError(error, WIN32.SERVICE_MARKED_FOR_DELETE) || attempt > 1) throw error
      await whenGone(context, name, 'install')
    }
  }
}

/** Makes the service what is wanted; each change pushes what takes it back. */
async function applyDifferences(
  control: ServiceControl,
  name: string,
  wanted: ScmDefinition,
  undo: Undo[],
): Promise<void> {
  const previous = await recordOf(control, name)
  const [change, back] = configDifference(wanted.config, await control.config(name))
  if (Object.keys(change).length > 0) {
    await control.change(name, change)
    undo.push(() => control.change(name, back))
  }
  const record: TextValue = { type: 'REG_SZ', data: formatScmRecord(wanted.record) }
  await applyValue(control, name, SCM_RECORD_KEY, SCM_RECORD_VALUE, record, undo)
  const environment: TextValue = { type: 'REG_MULTI_SZ', data: wanted.environment }
  await applyValue(control, name, '', 'Environment', environment, undo)
  const extras = completeExtras(wanted, previous)
  for (const extra of Object.keys(extras) as ScmExtra[]) {
    if (control.extras.has(extra)) await applyExtra(control, name, extra, extras, undo)
  }
}

function configDifference(
  wanted: ScmConfig,
  present: ScmConfig,
): [change: Partial<ScmConfig>, back: Partial<ScmConfig>] {
  const different = (Object.keys(wanted) as (keyof ScmConfig)[]).filter((key) =>
    key === 'account'
      ? !sameAccount(wanted.account, present.account)
      : !isDeepStrictEqual(wanted[key], present[key]),
  )
  const pick = (config: ScmConfig): Partial<ScmConfig> =>
    Object.fromEntries(different.map((key) => [key, config[key]]))
  return [pick(wanted), pick(present)]
}

async function applyValue(
  control: ServiceControl,
  name: string,
  key: string,
  value: string,
  wanted: TextValue,
  undo: Undo[],
): Promise<void> {
  const present = await control.readValue(name, key, value)
  if (isDeepStrictEqual(present, wanted)) return
  await control.writeValue(name, key, value, wanted)
  undo.push(() => control.writeValue(name, key, value, present?.type === 'other' ? null : present))
}

/** An access list that stead gave the service, and that is asked for no more, becomes that of Windows. */
function completeExtras({ extras }: ScmDefinition, previous: ScmRecord | null): Partial<ScmExtras> {
  const { securityDescriptor, ...others } = extras
  if (securityDescriptor !== null) return { ...others, securityDescriptor }
  if (previous?.securityDescriptor === undefined) return others
  return { ...others, securityDescriptor: DEFAULT_DESCRIPTOR }
}

async function applyExtra<E extends ScmExtra>(
  control: ServiceControl,
  name: string,
  extra: E,
  all: Partial<Pick<ScmExtras, E>>,
  undo: Undo[],
): Promise<void> {
  const wanted = all[extra]
  if (wanted === undefined) return
  const present = await control.extra(name, extra)
  if (sameExtra(extra, present, wanted)) return
  await control.setExtra(name, extra, wanted)
  undo.push(() => control.setExtra(name, extra, present))
}

function sameExtra<E extends ScmExtra>(
  extra: E,
  present: ScmExtras[E],
  wanted: ScmExtras[E],
): boolean {
  if (extra === 'securityDescriptor') return sameDescriptor(`${present}`, `${wanted}`)
  return isDeepStrictEqual(present, wanted)
}
