import { isDeepStrictEqual } from 'node:util'
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
import type { ScmDefinition } from './definition.ts'
import { DEFAULT_DESCRIPTOR, sameDescriptor } from './descriptor.ts'

export type Undo = () => Promise<void>
type TextValue = Exclude<RegistryValue, { type: 'other' }>

/**
 * Makes the service what is wanted, but for its account; each change pushes what takes it back.
 *
 * @param previous what stead remembered of it before; null for a new one
 */
export async function applyDifferences(
  control: ServiceControl,
  name: string,
  wanted: ScmDefinition,
  previous: ScmRecord | null,
  undo: Undo[],
): Promise<void> {
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
  const different = (Object.keys(wanted) as (keyof ScmConfig)[]).filter(
    (key) => key !== 'account' && !isDeepStrictEqual(wanted[key], present[key]),
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
