import { SteadError } from '../errors.ts'
import type { ConfigFiles } from '../model/ports/config-files.ts'
import type { SecretOpener } from '../model/ports/secret-opener.ts'
import type { SchemaIssue, SchemaResult, StandardSchemaV1 } from '../model/standard-schema.ts'
import { expandVariables } from './expand-variables.ts'
import type { Layer } from './layers/layer.ts'
import { loadSettings } from './layers/load-settings.ts'
import { openSealed } from './open-sealed.ts'
import { isSecretSetting, problemWithoutSecrets, secretTexts } from './secret-settings.ts'
import { configSource, type FileProblem } from './source/config-source.ts'
import { findIn, type SourceTree } from './source/source-tree.ts'

/** Variables that are settings of a service: `STEAD_CONFIG__a__b` is `a.b`. */
export const CONFIG_PREFIX = 'STEAD_CONFIG'

/** More problems than these are counted, and not shown. */
const MAX_PROBLEMS = 50

export interface ServiceConfigAsked {
  /** The file, absolute; null where there is none. */
  readonly path: string | null
  readonly env: Readonly<Record<string, string | undefined>>
  /** What stands behind each `--set`. */
  readonly set: readonly string[]
  readonly openSecret: SecretOpener
  /** What a remote source has said last. */
  readonly remote?: Layer | null
}

/** The settings as they are written, with variables and secrets in them. */
export interface WrittenConfig {
  readonly tree: SourceTree
  readonly value: unknown
  /** Every file that it depends on, absolute, also where there is something wrong with them. */
  readonly files: readonly string[]
  /** Texts that no message may have in it. */
  readonly secrets: readonly string[]
  readonly problems: readonly string[]
}

/** Reads and merges the layers of a service's configuration; a value is sealed for its setting. */
export function readServiceConfig(asked: ServiceConfigAsked, disk: ConfigFiles): WrittenConfig {
  const emptyHint = '; one without settings is written "{}"'
  const loaded = loadSettings({ ...asked, prefix: CONFIG_PREFIX, emptyHint }, disk)
  const expanded = expandVariables(loaded.source, loaded.variables, new Set())
  const { tree } = expanded
  const opened = openSealed(expanded.value, asked.openSecret)
  const secrets = [...loaded.secrets, ...secretTexts(tree, opened.value)]
  const wrong = [...expanded.problems, ...opened.problems]
  const problems = [
    ...loaded.problems.map((problem) => problemWithoutSecrets(problem, secrets)),
    ...told(tree, wrong, secrets),
  ]
  return { tree, value: opened.value, files: loaded.files, secrets, problems }
}

/**
 * What the schema makes of the settings.
 *
 * @throws CONFIG_INVALID with every problem at once, each with its place and its line, without secrets
 */
export async function checkServiceConfig(
  written: WrittenConfig,
  schema: StandardSchemaV1,
  source: string,
): Promise<unknown> {
  // Of what could not be read, much would be missing that is there.
  if (written.problems.length > 0) throw invalid(source, written.problems)
  const { tree, secrets } = written
  const result = await validate(schema, written)
  if (result.issues === undefined) return result.value
  throw invalid(source, told(tree, result.issues.flatMap(problemsOf), secrets))
}

/**
 * A variable says only a text: `1.10` may be meant as one, and the schema knows. What it refuses as a
 * number is offered to it as it was written.
 */
async function validate(
  schema: StandardSchemaV1,
  { tree, value }: WrittenConfig,
): Promise<SchemaResult<unknown>> {
  const check = (given: unknown) => schema['~standard'].validate(given)
  const first = await check(value)
  if (first.issues === undefined) return first
  let other = value
  for (const path of first.issues.map(pathOf)) {
    const node = findIn(tree, path)?.node
    if (node?.kind === 'scalar' && node.loose === true && node.written !== null)
      other = replaced(other, path, node.written)
  }
  if (other === value) return first
  const second = await check(other)
  return second.issues === undefined || second.issues.length < first.issues.length ? second : first
}

function replaced(value: unknown, path: readonly PropertyKey[], text: string): unknown {
  const [step, ...rest] = path
  if (step === undefined) return text
  const inner = replaced((value as Record<PropertyKey, unknown>)[step], rest, text)
  if (Array.isArray(value)) return value.with(Number(step), inner)
  return { ...(value as object), [step]: inner }
}

function told(
  tree: SourceTree,
  problems: readonly FileProblem[],
  secrets: readonly string[],
): string[] {
  return configSource(tree, isSecretSetting)
    .describe(problems)
    .map((problem) => problemWithoutSecrets(problem, secrets))
}

/** zod names what it does not know beside the path, in `keys`; then each has a place of its own. */
function problemsOf(issue: SchemaIssue): FileProblem[] {
  const path = pathOf(issue)
  const { keys } = issue as { keys?: unknown }
  const { message } = issue
  if (!Array.isArray(keys) || keys.length === 0) return [{ path, message }]
  return keys.map((key) => ({
    path: [...path, String(key)],
    message: 'there is no such setting',
    key: true,
  }))
}

function pathOf({ path = [] }: SchemaIssue): PropertyKey[] {
  return path.map((step) => (typeof step === 'object' ? step.key : step))
}

function invalid(source: string, problems: readonly string[]): SteadError<'CONFIG_INVALID'> {
  const shown = problems.slice(0, MAX_PROBLEMS)
  const more = problems.length - shown.length
  return new SteadError('CONFIG_INVALID', {
    source,
    problems: more > 0 ? [...shown, `… and ${more} more`] : shown,
  })
}
