import { describeIssues } from '../../config/describe-issues.ts'
import type { ConfigSource, FileProblem } from '../../config/source/config-source.ts'
import { configSource } from '../../config/source/config-source.ts'
import { readSource } from '../../config/source/read-source.ts'
import { findIn } from '../../config/source/source-tree.ts'
import { SteadError } from '../../errors.ts'
import { PACK_TARGETS, type PackFile, type PackSpec } from '../../model/pack-spec.ts'
import { isFileName, pathClashes } from '../../model/packed-paths.ts'
import { archiveName } from '../archive-name.ts'
import { nsisProblems } from '../nsis/limits.ts'
import { isOnToken } from '../sign/pkcs11-uri.ts'
import { type PackSettings, packSchema } from './pack-schema.ts'

export const PACK_FILE = 'stead.pack.yaml'
const ARCHIVE_NAME = '{{ name }}_{{ version }}_{{ os }}_{{ arch }}'

export interface PackFileAsked {
  /** The pack file, absolute; package.json where it has the settings. */
  readonly path: string
  readonly text: string
  /** The text of package.json beside it; null where there is none. */
  readonly packageText: string | null
  /** An absolute path out of one that is meant from the pack file's directory. */
  readonly resolve: (path: string) => string
  /** What is there under an absolute path. */
  readonly kindOf: (path: string) => 'file' | 'other' | null
}

/**
 * Reads a pack file, completed by package.json.
 *
 * @throws PACK_FILE_INVALID with every problem, each with its place and its line
 */
export function readPackFile(asked: PackFileAsked): PackSpec {
  const source = sourceOf(asked)
  const parsed = packSchema.safeParse(source.value)
  if (!parsed.success) {
    const problems = describeIssues(parsed.error.issues, packSchema, source.value)
    throw invalid(asked.path, source.describe(problems))
  }
  const written = parsed.data
  const manifest = manifestOf(asked.packageText)
  const problems: FileProblem[] = []
  const file = (path: string, at: readonly PropertyKey[]): string => {
    const absolute = asked.resolve(path)
    const kind = asked.kindOf(absolute)
    if (kind === null) problems.push({ path: at, message: `there is no ${absolute}` })
    if (kind === 'other') problems.push({ path: at, message: `${absolute} is no file` })
    return absolute
  }
  const fromManifest = (key: 'name' | 'version', found: string | null): string => {
    const value = found ?? ''
    const checked = packSchema.shape[key].safeParse(value)
    if (checked.success) return value
    const reason = value === '' ? 'it is missing' : (checked.error.issues[0]?.message ?? '')
    problems.push({
      path: [key],
      message: `${reason}${value === '' ? ', and package.json has none' : ' (package.json)'}`,
    })
    return value
  }
  const name = written.name ?? fromManifest('name', manifest.name?.replace(/^@[^/]*\//, '') ?? null)
  const version = written.version ?? fromManifest('version', manifest.version)
  const publisher = written.publisher ?? manifest.author
  if (publisher === null)
    problems.push({ path: ['publisher'], message: 'it is missing, and package.json has no author' })
  const spec: PackSpec = {
    entry: file(written.entry, ['entry']),
    name,
    displayName: written.displayName ?? name,
    description: written.description ?? manifest.description ?? name,
    version,
    publisher: publisher ?? '',
    homepage: written.homepage ?? manifest.homepage,
    icon: written.icon === undefined ? null : file(written.icon, ['icon']),
    license: written.license === undefined ? null : file(written.license, ['license']),
    targets: PACK_TARGETS.filter((target) => written.targets?.includes(target) ?? true),
    formats: [...new Set(written.formats ?? (['tar.gz', 'zip'] as const))],
    archiveName: written.archiveName ?? ARCHIVE_NAME,
    files: (written.files ?? []).map((one, index) =>
      fileOf(one, file(one.from, ['files', index, 'from'])),
    ),
    service: serviceOf(written),
    hooks: { before: written.hooks?.before ?? [], after: written.hooks?.after ?? [] },
    signing: signingOf(written, file),
    codesign: written.codesign ?? null,
    update: updateOf(written, file),
    compression: written.compression ?? 'best',
  }
  problems.push(...clashes(spec), ...nsisProblems(spec))
  if (problems.length > 0) throw invalid(asked.path, source.describe(problems))
  return spec
}

function sourceOf({ path, text }: PackFileAsked): ConfigSource {
  const source = readSource(path, text)
  if ('problems' in source) throw invalid(path, source.problems)
  if (!path.endsWith('package.json')) return source
  const found = findIn(source.tree, ['stead', 'pack'])
  return configSource(found?.node ?? source.tree)
}

function invalid(source: string, problems: readonly string[]): SteadError {
  return new SteadError('PACK_FILE_INVALID', { source, problems })
}

function fileOf(one: NonNullable<PackSettings['files']>[number], from: string): PackFile {
  const mode = Number.parseInt(one.mode ?? '0644', 8)
  return { from, to: one.to, mode, config: one.config ?? false }
}

function serviceOf({ service = {} }: PackSettings): PackSpec['service'] {
  if (service === false) return null
  return {
    account: service.account ?? null,
    start: service.start ?? 'auto',
    enable: service.enable ?? true,
    args: service.args ?? [],
    env: service.env ?? {},
    config: service.config ?? null,
  }
}

function signingOf(
  { signing }: PackSettings,
  file: (path: string, at: readonly PropertyKey[]) => string,
): PackSpec['signing'] {
  if (signing === undefined) return null
  const { certificate, chain, timestampRoots } = signing
  const pem = (path: string | undefined, name: string): string | null =>
    path === undefined ? null : file(path, ['signing', name])
  return {
    certificate: isOnToken(certificate)
      ? certificate
      : file(certificate, ['signing', 'certificate']),
    chain: pem(chain, 'chain'),
    passwordEnv: signing.passwordEnv ?? null,
    timestamp: signing.timestamp ?? null,
    timestampRoots: pem(timestampRoots, 'timestampRoots'),
  }
}

function updateOf(
  { update }: PackSettings,
  file: (path: string, at: readonly PropertyKey[]) => string,
): PackSpec['update'] {
  if (update === undefined) return null
  const { publicKey, privateKey } = update
  return {
    publicKey: file(publicKey, ['update', 'publicKey']),
    privateKey: privateKey === undefined ? null : file(privateKey, ['update', 'privateKey']),
  }
}

/** Two files under one name, and names that no file can have. */
function clashes(spec: PackSpec): FileProblem[] {
  const problems: FileProblem[] = []
  const own = [spec.name, `${spec.name}.exe`, ...OWN_FILES]
  const paths = [...own, ...spec.files.map(({ to }) => to)]
  for (const { at, other } of pathClashes(paths))
    problems.push({
      path: ['files', at - own.length, 'to'],
      message: `${paths[at]} cannot be there: ${other} is there already`,
    })
  const config = spec.service?.config ?? null
  if (config !== null && !spec.files.some(({ to }) => to === config))
    problems.push({
      path: ['service', 'config'],
      message: `none of the files lies at ${config}: add it to files, with "to: ${config}"`,
    })
  const [target = 'linux-x64'] = spec.targets
  const made = archiveName(spec.archiveName, spec, target)
  if (!isFileName(made))
    problems.push({
      path: ['archiveName'],
      message: `${JSON.stringify(made)} is no name of a file`,
    })
  return problems
}

/** What stead itself puts beside an executable, in lower case: Windows tells no other. */
export const OWN_FILES: readonly string[] = [
  'license.txt',
  'third-party-licenses.txt',
  'addons',
  'versions',
]

interface Manifest {
  readonly name: string | null
  readonly version: string | null
  readonly description: string | null
  readonly homepage: string | null
  readonly author: string | null
}

/** package.json, of which what is not as npm has it counts as not there. */
function manifestOf(text: string | null): Manifest {
  let value: Readonly<Record<string, unknown>> = {}
  try {
    value = JSON.parse(text ?? '{}') as typeof value
  } catch {
    // npm tells what is wrong with it, and where.
  }
  const word = (found: unknown): string | null =>
    typeof found === 'string' && found.trim() !== '' ? found.trim() : null
  const { author } = value
  const person = typeof author === 'object' ? (author as { name?: unknown } | null)?.name : author
  return {
    name: word(value.name),
    version: word(value.version),
    description: word(value.description),
    homepage: word(value.homepage),
    // "Name <mail> (page)", as npm has it.
    author: word(person)?.replace(/\s*[<(].*$/, '') ?? null,
  }
}
