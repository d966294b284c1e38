import { basename, dirname } from 'node:path'
import { SteadError } from '../errors.ts'
import { type ConfigFiles, noConfigFiles } from '../model/ports/config-files.ts'
import type { SecretOpener } from '../model/ports/secret-opener.ts'
import type { GroupSpec, GuardSpec, ProgramSpec } from '../model/program-spec.ts'
import { nameProblem } from '../model/service-name.ts'
import { accessOf, accessProblems } from './access-schema.ts'
import { completeSettings, dependenciesOf } from './complete-settings.ts'
import { configPolicyOf } from './configuration-schema.ts'
import { controlProblems, controlTcpOf, tcpRulesOf } from './control-schema.ts'
import { describeIssues } from './describe-issues.ts'
import { eventsProblems, outletsOf } from './events-schema.ts'
import { expandVariables } from './expand-variables.ts'
import { guardRelations } from './guard-relations.ts'
import { type GuardSettings, guardSchema } from './guard-schema.ts'
import type { Layer } from './layers/layer.ts'
import { loadSettings } from './layers/load-settings.ts'
import { metricsOf, metricsProblems } from './metrics-schema.ts'
import { openSealed } from './open-sealed.ts'
import { posixProblems } from './posix-only.ts'
import { isSecretSetting, problemWithoutSecrets, secretTexts } from './secret-settings.ts'
import { configSource, type FileProblem } from './source/config-source.ts'
import { windowsProblems } from './windows-schema.ts'
import { signalProblems, windowsStop } from './windows-stop.ts'

/** More problems than these are counted, and not shown. */
const MAX_PROBLEMS = 50

/** So many are put into the order of the file. */
const MAX_PLACED = 500

export interface GuardFile {
  /** Absolute: relative paths in it, and in what it includes, are meant from its directory. */
  readonly path: string
  readonly text: string
  /** Where `${VAR}` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What to call the file in messages; its path unless given. */
  readonly shownAs?: string
  /** Profiles to take; left out, STEAD_PROFILE says where files are read. */
  readonly profiles?: readonly string[] | undefined
  /** Settings of the command line, `a.b=value`. */
  readonly set?: readonly string[]
  /** Whether the guard that shall keep it is on Windows; left out where it is only looked at. */
  readonly onWindows?: boolean
  /** Opens sealed values; left out, they stay as they are. */
  readonly openSecret?: SecretOpener
  /** What a remote source has said last. */
  readonly remote?: { readonly layer: Layer | null; readonly watched: boolean } | undefined
  /** Services that are known already: in the texts there is nothing but their names. */
  readonly same?: ReadonlyMap<string, ProgramSpec>
}

/** What was read, and every file that it depends on, absolute. */
export interface GuardConfig {
  readonly spec: GuardSpec
  readonly files: readonly string[]
}

/**
 * Reads stead.yaml: everything that one guard keeps, complete. Looks at nothing but the text. The ending
 * of its name says whether it is YAML, JSON, JSONC or TOML.
 *
 * @throws GUARD_FILE_INVALID with every problem at once, each with its place and its line
 */
export function parseGuardFile(file: GuardFile): GuardSpec {
  return loadGuardFile({ ...file, profiles: file.profiles ?? [] }, noConfigFiles).spec
}

/**
 * Reads stead.yaml with all that it includes, its profiles and its env files.
 *
 * @throws GUARD_FILE_INVALID with every problem at once, each with its place and its line
 */
export function loadGuardFile(file: GuardFile, disk: ConfigFiles): GuardConfig {
  const { path, shownAs = path, onWindows, same = NONE } = file
  const refuse = (problems: readonly string[], count = problems.length): never => {
    const shown = problems.slice(0, MAX_PROBLEMS)
    const more = count - shown.length
    throw new SteadError('GUARD_FILE_INVALID', {
      source: shownAs,
      problems: more > 0 ? [...shown, `… and ${more} more`] : shown,
    })
  }
  const emptyHint = '; one writes "services:" and below it their names'
  const loaded = loadSettings({ ...file, remote: file.remote?.layer, emptyHint }, disk)
  const { source, variables, files, problems: unread } = loaded
  if (unread.length > 0) return refuse(unread)
  let { secrets } = loaded
  // Looking for a place takes time, and thousands of problems are one mistake made by a program.
  const tell = (problems: readonly FileProblem[]): never => {
    const told = configSource(source.tree, isSecretSetting).describe(problems.slice(0, MAX_PLACED))
    return refuse(
      told.map((problem) => problemWithoutSecrets(problem, secrets)),
      problems.length,
    )
  }
  const { value: sealed, tree, problems } = expandVariables(source, variables)
  secrets = [...loaded.secrets, ...secretTexts(tree, sealed)]
  if (problems.length > 0) return tell(problems)
  const { value, problems: unopened } =
    file.openSecret === undefined
      ? { value: sealed, problems: [] }
      : openSealed(sealed, file.openSecret)
  secrets = [...loaded.secrets, ...secretTexts(tree, value)]
  if (unopened.length > 0) return tell(unopened)
  const own = same.size === 0 ? value : withoutNames(value, same)
  if (own === null) return refuse(['what is known of its services does not fit it'])
  const parsed = guardSchema.safeParse(own)
  if (!parsed.success) return tell(describeIssues(parsed.error.issues, guardSchema, own))
  const settings = parsed.data
  const directory = dirname(path)
  const services = servicesOf(settings, directory, namesIn(value), same)
  const misfits = [
    ...projectProblems(settings),
    ...guardRelations(settings, services),
    ...accessProblems(settings, services),
    ...metricsProblems(settings),
    ...controlProblems(settings, services),
    ...eventsProblems(settings),
    ...(onWindows === false ? windowsProblems(services.values()) : []),
    ...(onWindows === true ? posixProblems(services.values(), settings) : []),
    ...(onWindows === undefined ? [] : signalProblems(services.values(), onWindows)),
  ]
  if (misfits.length > 0) return tell(misfits)
  const metrics = metricsOf(settings, directory)
  const events = outletsOf(settings, directory)
  const config = configPolicyOf(settings, file.remote?.watched)
  const controlTcp = controlTcpOf(settings, directory)
  const access = [...accessOf(settings), ...tcpRulesOf(settings)]
  const spec: GuardSpec = {
    project: settings.project ?? settings.name ?? projectOf(directory),
    services: [...services.values()].map((one) =>
      onWindows === true && !same.has(one.name) ? { ...one, stop: windowsStop(one.stop) } : one,
    ),
    groups: Object.entries(settings.groups ?? {}).map(
      ([name, { services, strategy = 'one_for_one', limit = null }]): GroupSpec => ({
        name,
        services,
        strategy,
        limit,
      }),
    ),
    ...(access.length === 0 ? {} : { access }),
    ...(metrics === null ? {} : { metrics }),
    ...(controlTcp === null ? {} : { controlTcp }),
    ...(events === null ? {} : { events }),
    ...(config === null ? {} : { config }),
  }
  return { spec, files }
}

/**
 * What is wrong with settings that no file has yet; none where a stead.yaml at `path` may have them. A
 * `${` in a text is taken as it is.
 *
 * @param onWindows whether its guard will be there
 */
export function settingProblems(value: unknown, path: string, onWindows = false): FileProblem[] {
  const parsed = guardSchema.safeParse(value)
  if (!parsed.success) return describeIssues(parsed.error.issues, guardSchema, value)
  const services = servicesOf(parsed.data, dirname(path))
  return [
    ...projectProblems(parsed.data),
    ...guardRelations(parsed.data, services),
    ...(onWindows ? posixProblems(services.values(), parsed.data) : []),
    ...(onWindows ? signalProblems(services.values(), true) : []),
  ]
}

const NONE: ReadonlyMap<string, ProgramSpec> = new Map()

/** The services of what was written, in their order. */
function namesIn(value: unknown): readonly string[] {
  return Object.keys((value as { readonly services: object }).services)
}

/** Without the services that are known; null where one has more than its name, or is not there. */
function withoutNames(value: unknown, same: ReadonlyMap<string, ProgramSpec>): unknown {
  const { services } = value as { readonly services?: Readonly<Record<string, unknown>> | null }
  if (typeof services !== 'object' || services === null) return null
  if ([...same.keys()].some((name) => services[name] !== null)) return null
  const own = Object.entries(services).filter(([name]) => !same.has(name))
  return { ...(value as object), services: Object.fromEntries(own) }
}

function servicesOf(
  settings: GuardSettings,
  directory: string,
  names: readonly string[] = Object.keys(settings.services),
  same: ReadonlyMap<string, ProgramSpec> = NONE,
): Map<string, ProgramSpec> {
  const own = new Map(
    Object.entries(settings.services).map(([name, one]) => [
      name,
      completeSettings(name, one, settings.defaults ?? {}, directory),
    ]),
  )
  const all = new Map(names.map((name) => [name, own.get(name) ?? (same.get(name) as ProgramSpec)]))
  return new Map(
    [...all].map(([name, one]) => {
      const written = settings.services[name]
      if (written === undefined) return [name, one as ProgramSpec]
      return [name, { ...one, dependsOn: dependenciesOf(written, all) }]
    }),
  )
}

function projectProblems({ project, name }: GuardSettings): FileProblem[] {
  if (project === undefined || name === undefined) return []
  return [{ path: ['name'], message: 'it is the same as project; write one of them', key: true }]
}

/** The name of a directory may have what a name of ours cannot. */
function projectOf(directory: string): string {
  const plain = basename(directory)
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[^A-Za-z0-9]+|[.-]+$/g, '')
    .slice(0, 80)
  return nameProblem(plain) === null ? plain : 'stead'
}
