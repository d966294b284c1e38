import { LOGON_HOME } from '../../model/home.ts'
import type { Plan, PlannedStep } from '../../model/plan.ts'
import type { Scope, ServiceSpec } from '../../model/service-spec.ts'
import { type Mark, markKey, markOf, ROOT, RUN_KEY } from './registration.ts'
import { type RunProgram, runValue } from './run-command.ts'
import { unsupportedSettings } from './unsupported.ts'

/** What an installation does: the mark of stead, and what Windows reads at logon. */
export function planFor(spec: ServiceSpec, program: RunProgram): Plan {
  const { scope, home, consoleHost, stead } = program
  const value = runValue(spec.name, program)
  const command = spec.startType === 'auto' ? value : null
  const mark = markOf(home, command, scope === 'system' ? spec : null)
  return {
    manager: 'run-key',
    scope,
    spec,
    files: [],
    steps: stepsOf(spec.name, mark, command, scope),
    unsupported: unsupportedSettings(spec, scope, value, [consoleHost, ...stead]),
    notes: notesOf(spec, program),
  }
}

function stepsOf(name: string, mark: Mark, command: string | null, scope: Scope): PlannedStep[] {
  const write = (key: string, value: string, data: string, purpose: string): PlannedStep => ({
    kind: 'call',
    api: 'RegSetValueExW',
    values: { key: `${ROOT[scope]}\\${key}`, value, type: 'REG_SZ', data },
    purpose,
  })
  const marking = (value: keyof Mark, purpose = 'mark it as installed by stead'): PlannedStep[] => {
    const data = mark[value]
    return data === null ? [] : [write(markKey(name), value, data, purpose)]
  }
  return [
    ...marking('home'),
    ...marking('spec', 'say what it is, for every user to read'),
    ...marking('command'),
    ...(command === null ? [] : [write(RUN_KEY, name, command, 'have Windows start it at logon')]),
  ]
}

function notesOf(
  { name, startType, restart, envFile }: ServiceSpec,
  program: RunProgram,
): string[] {
  const forAll = program.scope === 'system'
  const who = forAll
    ? 'of every user of this machine, as that user, by the Run key of the machine'
    : 'of the user who installs it, by the Run key of that user'
  const verb = `stead start ${name} ${forAll ? '--manager run-key' : '--scope user'}`
  const starts =
    startType === 'auto'
      ? `it starts at logon ${who}; it is no service: it does not run while nobody is logged on`
      : `nothing starts it by itself${startType === 'manual' ? `; ${verb} does` : ''}; it is no service, and ends when the user logs off`
  const where = forAll
    ? `what it is stands in HKLM\\${markKey(name)}, which every user can read and administrators change; what it keeps is with each user, below %LOCALAPPDATA%\\${LOGON_HOME}`
    : `what it is stands in ${program.home.specs}\\${name}.json, which the user can read and change`
  return [
    starts,
    `a guard of its own stays resident while it runs (stead run ${name}), as the user, without a window`,
    restart.when === 'no'
      ? 'a program that ends is not started again'
      : 'the guard restarts the program; nobody restarts the guard before the next logon, should it die',
    where,
    ...(forAll && envFile !== null
      ? [`${envFile} is read as each user, who has to be able to`]
      : []),
  ]
}
