import { dirname, resolve } from 'node:path'
import { parseSpec } from '../../config/parse-spec.ts'
import { preflight } from '../../config/preflight.ts'
import { checkReplaceable } from '../../config/replaceable-program.ts'
import { parseServiceFile } from '../../config/service-file.ts'
import { SteadError } from '../../errors.ts'
import { installService } from '../../managers/installation.ts'
import { needOfGuard } from '../../managers/scm/by-itself.ts'
import type { InstallOutcome, Plan } from '../../model/plan.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { configFiles } from '../../platform/config-files.ts'
import { type PasswordOptions, passwordToInstall } from '../account-password.ts'
import { installationPorts, pathRules, type Workshop } from '../compose-manager.ts'
import { type CommonOptions, runVerb, workshopFor } from '../context.ts'
import type { Output } from '../output.ts'
import { planText } from '../present/plan-text.ts'
import { type InstallFlags, specFromFlags } from '../spec-from-flags.ts'

export interface InstallOptions extends CommonOptions, InstallFlags, PasswordOptions {
  readonly file?: string
  readonly dryRun?: boolean
  readonly allowWritable?: boolean
}

const OUTCOMES: Readonly<Record<InstallOutcome, string>> = {
  created: 'is installed',
  updated:
    'is updated in place; a running one goes on with the old definition until its next start',
  unchanged: 'is installed as it was; nothing had to be changed',
}

/** `install NAME -- COMMAND…` and `install -f FILE`. */
export function install(
  name: string | undefined,
  command: readonly string[],
  options: InstallOptions,
): Promise<number> {
  return runVerb(options, async (output) => {
    const workshop = await workshopFor(options)
    const asked =
      options.file === undefined
        ? fromFlags(name, command, options)
        : fromFile(options.file, name, command)
    return installSpec(asked, workshop, options, output)
  })
}

/** The part that a program which installs itself shares with the command. */
export async function installSpec(
  asked: ServiceSpec,
  workshop: Workshop,
  options: InstallOptions,
  output: Output,
): Promise<number> {
  const { files, accounts, manager } = workshop
  // Paths in a file are meant from where the file lies.
  const directory = options.file === undefined ? '.' : dirname(options.file)
  const checked = await preflight(asked, { files, accounts, paths: pathRules(directory) })
  const { spec } = checked
  const notes = [...checked.notes, ...(await whoCanReplace(spec, workshop, options))]
  if (options.dryRun) {
    const plan = manager.plan(spec)
    return showPlan({ ...plan, notes: [...notes, ...plan.notes] }, output)
  }
  const password = await passwordToInstall(spec, manager, options)
  const work = installService(await installationPorts(workshop), spec, password)
  const { outcome, plan } = await output.progress(`installing ${spec.name}`, work)
  if (output.json) output.object({ name: spec.name, outcome, notes: [...notes, ...plan.notes] })
  for (const note of [...notes, ...plan.notes]) output.done(`note: ${note}`)
  output.done(`${spec.name} ${OUTCOMES[outcome]}`)
  if (outcome === 'created') output.done(`next: stead start ${spec.name}${wordsFor(manager)}`)
  return 0
}

/** By which later verbs mean the same manager. */
function wordsFor({ kind, scope }: Workshop['manager']): string {
  if (scope === 'user') return ' --scope user'
  return kind === 'run-key' ? ' --manager run-key' : ''
}

/** On Windows: who else could act as the account of the service. @throws PROGRAM_REPLACEABLE */
async function whoCanReplace(
  spec: ServiceSpec,
  { security, files, stead, manager: { kind } }: Workshop,
  { allowWritable = false }: InstallOptions,
): Promise<readonly string[]> {
  if (security === null) return []
  const isFile = async (path: string): Promise<boolean> =>
    (await files.facts(path).catch(() => null))?.kind === 'file'
  const ports = { security, isFile }
  if (kind === 'run-key') {
    const account = 'every user who logs on'
    return checkReplaceable(spec, ports, { beside: stead, allowed: allowWritable, account })
  }
  const beside = needOfGuard(spec) === null ? [] : stead
  return checkReplaceable(spec, ports, { beside, allowed: allowWritable })
}

/** A plan that cannot be honoured is shown whole, and then is the error that installing it would be. */
function showPlan(plan: Plan, output: Output): number {
  if (output.json) output.object({ plan })
  else output.answer(planText(plan))
  return plan.unsupported.length === 0 ? 0 : 2
}

function fromFlags(
  name: string | undefined,
  command: readonly string[],
  options: InstallOptions,
): ServiceSpec {
  const named = name ?? options.name
  if (named === undefined) throw usage('install needs a name: stead install NAME -- COMMAND…')
  if (name !== undefined && options.name !== undefined && name !== options.name) {
    throw usage(`two names: ${name} and --name=${options.name}`)
  }
  if (command.length === 0)
    throw usage(`install needs a command: stead install ${named} -- COMMAND…`)
  return parseSpec(specFromFlags(named, command, options), 'the command line')
}

function fromFile(path: string, name: string | undefined, command: readonly string[]): ServiceSpec {
  if (name !== undefined || command.length > 0)
    throw usage('with -f the name and the command are in the file')
  const read = configFiles().read(resolve(path))
  if ('problem' in read) {
    const { problem, cause } = read
    throw new SteadError('FILE_UNREADABLE', { path, reason: problem }, { cause })
  }
  return parseServiceFile(path, read.text)
}

function usage(problem: string): SteadError {
  return new SteadError('USAGE', { problem, verb: 'install' })
}
