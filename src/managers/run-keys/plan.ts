import type { Home } from '../../model/home.ts'
import type { Plan, PlannedStep } from '../../model/plan.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { type Mark, markKey, markOf, RUN_KEY } from './registration.ts'
import { type RunProgram, runValue } from './run-command.ts'
import { unsupportedSettings } from './unsupported.ts'

/** What an installation does: the mark of stead, and what Windows reads at logon. */
export function planFor(spec: ServiceSpec, home: Home, program: RunProgram): Plan {
  const value = runValue(spec.name, home, program)
  const command = spec.startType === 'auto' ? value : null
  return {
    manager: 'run-key',
    scope: 'user',
    spec,
    files: [],
    steps: stepsOf(spec.name, markOf(home, command), command),
    unsupported: unsupportedSettings(spec, value, [program.consoleHost, ...program.stead]),
    notes: notesOf(spec, home),
  }
}

function stepsOf(name: string, mark: Mark, command: string | null): PlannedStep[] {
  const write = (key: string, value: string, data: string, purpose: string): PlannedStep => ({
    kind: 'call',
    api: 'RegSetValueExW',
    values: { key: `HKCU\\${key}`, value, type: 'REG_SZ', data },
    purpose,
  })
  const marking = (value: keyof Mark): PlannedStep =>
    write(markKey(name), value, mark[value], 'mark it as installed by stead')
  return [
    marking('home'),
    marking('command'),
    ...(command === null ? [] : [write(RUN_KEY, name, command, 'have Windows start it at logon')]),
  ]
}

function notesOf({ name, startType, restart }: ServiceSpec, home: Home): string[] {
  const starts =
    startType === 'auto'
      ? 'it starts at logon of the user who installs it, by the Run key of that user; it is no service: it does not run while nobody is logged on'
      : `nothing starts it by itself${startType === 'manual' ? `; stead start ${name} --scope user does` : ''}; it is no service, and ends when the user logs off`
  return [
    starts,
    `a guard of its own stays resident while it runs (stead run ${name}), as the user, without a window`,
    restart.when === 'no'
      ? 'a program that ends is not started again'
      : 'the guard restarts the program; nobody restarts the guard before the next logon, should it die',
    `what it is stands in ${home.specs}\\${name}.json, which the user can read and change`,
  ]
}
