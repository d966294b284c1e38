import type { RegistryKey } from '../../model/registry-tree.ts'
import type { DraftService } from '../draft.ts'
import { nssmValues } from './values.ts'

/** SERVICE_INTERACTIVE_PROCESS of <winnt.h>. */
const INTERACTIVE = 0x100
const MANUAL = 3
const DISABLED = 4

/**
 * What Windows knows of the service itself. A stead.yaml is about what a guard runs, so this belongs to
 * whatever installs the guard, and is told with the option of `stead install` that says it.
 */
export function loseDefinition(service: DraftService, key: RegistryKey, file: string): void {
  const values = nssmValues(key, file)
  const lose = (setting: string, why: string, instead: string | null): void =>
    service.lose(setting, values.place(setting), why, instead)
  const text = values.text('Description') ?? values.text('DisplayName')
  if (text !== null && text !== service.name)
    service.set('description', text.replace(/\s+/g, ' ').slice(0, 1_000), {
      place: values.place('Description'),
      setting: 'Description',
    })
  const start = values.number('Start')
  if (start === MANUAL || start === DISABLED) {
    service.set('autostart', false, { place: values.place('Start'), setting: 'Start' })
    if (start === DISABLED)
      service.note('The service was disabled: here it starts when it is asked for.')
  }
  if (values.number('DelayedAutostart') === 1)
    lose(
      'DelayedAutostart',
      'it is about the service that runs the guard',
      'stead install --start-type delayed',
    )
  const account = values.text('ObjectName')
  if (account !== null)
    lose(
      'ObjectName',
      `it ran as ${account}, and programs run as the guard does; its password is not in the registry`,
      `stead install --user ${JSON.stringify(account)}`,
    )
  for (const setting of ['DependOnService', 'DependOnGroup'])
    if ((values.texts(setting) ?? []).length > 0)
      lose(
        setting,
        `services of Windows (${(values.texts(setting) ?? []).join(', ').slice(0, 200)}) are not programs of this guard`,
        'stead install --depends-on, for the service that runs the guard',
      )
  const type = values.number('Type') ?? 0
  if ((type & INTERACTIVE) !== 0)
    lose('Type', 'Windows has shown no window of a service since Vista', null)
  const image = values.text('ImagePath')
  if (image !== null && !/nssm/i.test(image))
    service.note('Its ImagePath does not name nssm: something else may run these Parameters.')
}
