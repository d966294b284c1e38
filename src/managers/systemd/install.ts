import { SteadError } from '../../errors.ts'
import type { InstallOutcome, Plan, PlannedFile } from '../../model/plan.ts'
import { type Context, lookUp, refuseForeign, requireRightToInstall, unitPath } from './context.ts'
import { stop } from './jobs.ts'
import { lingerOff, lingerOn } from './linger.ts'
import { startsByItself } from './plan.ts'
import { settle } from './undo.ts'
import type { UnitFacts } from './unit-facts.ts'

/** Carries a plan out; see {@link ServiceManager.install}. */
export async function install(context: Context, plan: Plan): Promise<InstallOutcome> {
  refuseUnsupported(plan)
  const { name } = plan.spec
  const [file] = plan.files
  if (file === undefined) throw new SteadError('INTERNAL', { detail: 'a plan without a unit' })
  const noRight = requireRightToInstall(context, `install ${name}`)
  if (noRight !== null) throw noRight

  const unit = await lookUp(context, name)
  refuseForeign(context, name, unit)
  const before = await context.files.readText(file.path)
  if (before !== null && unit.marker === null) {
    // Written by somebody since systemd last looked.
    throw new SteadError('FOREIGN', { name, manager: context.manager, where: file.path })
  }
  const wanted = startsByItself(plan.spec)
  const same = before === file.text && !unit.facts.needsReload
  if (same && isEnabled(unit.facts) === wanted) return 'unchanged'
  await settle(async (undo) => {
    if (!same) await replaceUnit(context, name, file, before, undo)
    await enable(context, name, wanted, isEnabled(unit.facts), undo)
    if (wanted) await lingerOn(context, undo)
  })
  return before === null ? 'created' : 'updated'
}

/** Stops and removes a service of ours, and everything that was written for it. */
export async function uninstall(context: Context, name: string): Promise<void> {
  const unit = await lookUp(context, name)
  if (unit.facts.load === 'not-found') {
    throw new SteadError('NOT_INSTALLED', { name, manager: context.manager })
  }
  refuseForeign(context, name, unit)
  const noRight = requireRightToInstall(context, `uninstall ${name}`)
  if (noRight !== null) throw noRight
  await stop(context, name)
  const path = unitPath(context, name)
  const text = await context.files.readText(path)
  await settle(async (undo) => {
    await enable(context, name, false, isEnabled(unit.facts), undo)
    await context.files.remove(path)
    if (text !== null) undo(() => context.files.writeAtomic(path, text, 0o644))
    await reread(context)
  })
  // A failed unit would stay in memory, by its name, although its file is gone.
  await context.ctl.run(['reset-failed', '--', `${name}.service`])
  await lingerOff(context)
}

async function replaceUnit(
  context: Context,
  name: string,
  file: PlannedFile,
  before: string | null,
  undo: (step: () => Promise<unknown>) => void,
): Promise<void> {
  const { files, directory } = context
  await files.makeDirectory(directory, 0o755)
  if (before === null) {
    if (!(await files.createExclusive(file.path, file.text, file.mode))) {
      throw new SteadError('FOREIGN', {
        name,
        manager: context.manager,
        where: `${file.path}, created this very moment`,
      })
    }
  } else await files.writeAtomic(file.path, file.text, file.mode)
  undo(async () => {
    if (before === null) await files.remove(file.path)
    else await files.writeAtomic(file.path, before, file.mode)
    await reread(context)
  })
  await reread(context)
}

async function enable(
  context: Context,
  name: string,
  wanted: boolean,
  now: boolean,
  undo: (step: () => Promise<unknown>) => void,
): Promise<void> {
  if (wanted === now) return
  const set = (on: boolean): Promise<void> => {
    const verb = on ? 'enable' : 'disable'
    return context.ctl.must(`${verb} ${name}`, [verb, '--', `${name}.service`])
  }
  undo(() => set(now))
  await set(wanted)
}

async function reread(context: Context): Promise<void> {
  await context.ctl.must('read its units again', ['daemon-reload'], 90_000)
}

function isEnabled({ fileState }: UnitFacts): boolean {
  return fileState === 'enabled'
}

function refuseUnsupported({ unsupported, spec, manager }: Plan): void {
  if (unsupported.length === 0) return
  const settings = unsupported.map(({ setting, reason }) => `${setting} (${reason})`)
  throw new SteadError('UNSUPPORTED', { name: spec.name, manager, settings })
}
