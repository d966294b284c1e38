import { resolve } from 'node:path'
import { isSteadError } from '../../errors.ts'
import type { ConfigFiles } from '../../model/ports/config-files.ts'
import { isSealed, type SecretOpener } from '../../model/ports/secret-opener.ts'
import { parseEnvFile } from '../env-file.ts'
import { type ConfigSource, configSource } from '../source/config-source.ts'
import { messageAt } from '../source/origin.ts'
import type { SourceMap } from '../source/source-tree.ts'
import { type AssembledFiles, assembleFiles } from './assemble-files.ts'
import { fileReferences } from './file-reference.ts'
import { type Layer, layerOf } from './layer.ts'
import { mergeLayers } from './merge-layers.ts'
import { commandLineLayer, environmentLayer } from './named-values.ts'
import { profilesAsked } from './profile-files.ts'

type Env = Readonly<Record<string, string | undefined>>

/** What a configuration is made of. */
export interface SettingsAsked {
  /** The file, absolute; null where there is none. */
  readonly path: string | null
  /** What is in it where that is known already. */
  readonly text?: string | undefined
  /** What to call it in messages; its path unless given. */
  readonly shownAs?: string | undefined
  readonly env: Env
  /** By `--profile`, none where it is empty; left out, STEAD_PROFILE says. */
  readonly profiles?: readonly string[] | undefined
  /** What stands behind each `--set`. */
  readonly set?: readonly string[] | undefined
  /** Variables that begin with this and `__` are settings; none without it. */
  readonly prefix?: string | undefined
  /** What the program brings. */
  readonly defaults?: Readonly<Record<string, unknown>> | undefined
  /** What a remote source has said last. */
  readonly remote?: Layer | null | undefined
  /** Opens sealed values of env files; left out, they stay as they are. */
  readonly openSecret?: SecretOpener | undefined
  /** The file may not be there. */
  readonly optional?: boolean | undefined
  readonly emptyHint?: string
}

export interface LoadedSettings {
  /** All layers merged, as they are written: variables are not put in yet. */
  readonly source: ConfigSource
  /** Where variables are looked up: the environment, and below it the env files. */
  readonly variables: Env
  /** Every file that it depends on, absolute. */
  readonly files: readonly string[]
  /** Values of env files that were sealed. */
  readonly secrets: readonly string[]
  readonly problems: readonly string[]
}

/** Reads all layers and merges them. Everything that is wrong with any of them is told. */
export function loadSettings(asked: SettingsAsked, disk: ConfigFiles): LoadedSettings {
  const { env, path, defaults, remote } = asked
  const files = path === null ? null : filesOf(asked, path, disk)
  const variables = files === null ? null : envFilesOf(files, asked, disk)
  const layers: Layer[] = [
    ...(defaults === undefined ? [] : [layerOf('default', 'the defaults', defaults)]),
    ...(variables === null
      ? []
      : [
          {
            name: 'file' as const,
            origin: asked.shownAs ?? (path as string),
            values: variables.tree,
          },
        ]),
    ...(remote == null ? [] : [remote]),
  ]
  const made = [
    ...(asked.prefix === undefined
      ? []
      : [environmentLayer(env, asked.prefix, mergeLayers(layers))]),
    ...(asked.set === undefined ? [] : [commandLineLayer(asked.set)]),
  ]
  return {
    source: configSource(mergeLayers([...layers, ...made.map(({ layer }) => layer)])),
    variables:
      variables === null || variables.files.length === 0 ? env : { ...variables.values, ...env },
    files: [...(files?.files ?? []), ...(variables?.files ?? [])],
    secrets: variables?.secrets ?? [],
    problems: [
      ...(files?.problems ?? []),
      ...(variables?.problems ?? []),
      ...made.flatMap(({ problems }) => problems),
    ],
  }
}

function filesOf(asked: SettingsAsked, path: string, disk: ConfigFiles): AssembledFiles {
  const { env, text, shownAs, emptyHint = '' } = asked
  const profiles = profilesAsked(asked.profiles, env)
  const missing = asked.optional === true && text === undefined && isMissing(path, disk)
  const given = missing ? '{}' : text
  const assembled = assembleFiles({ path, text: given, shownAs, profiles, env, emptyHint }, disk)
  return missing ? { ...assembled, problems: [] } : assembled
}

function isMissing(path: string, disk: ConfigFiles): boolean {
  const read = disk.read(path)
  return 'problem' in read && read.missing
}

interface EnvFiles {
  /** The settings without `envFiles`. */
  readonly tree: SourceMap
  readonly values: Env
  readonly files: readonly string[]
  readonly secrets: readonly string[]
  readonly problems: readonly string[]
}

/** The values of the files that `envFiles` names; of one name in several the later holds. */
function envFilesOf(
  { tree, directoryOf }: AssembledFiles,
  { env, openSecret }: SettingsAsked,
  disk: ConfigFiles,
): EnvFiles {
  const setting = tree.entries.get('envFiles')?.node
  if (setting === undefined) return { tree, values: {}, files: [], secrets: [], problems: [] }
  const entries = new Map(tree.entries)
  entries.delete('envFiles')
  const found = fileReferences('envFiles', setting, env)
  const problems = [...found.problems]
  const files: string[] = []
  const secrets: string[] = []
  const opened = (name: string, text: string, file: string): string => {
    if (openSecret === undefined || !isSealed(text)) return text
    // In an env file a value is sealed for the variable.
    const open = openSecret(text, ['env', name])
    if ('problem' in open) problems.push(`${file}: ${name}: ${open.problem}`)
    else secrets.push(open.value)
    return 'value' in open ? open.value : ''
  }
  const values = found.references.map(({ file, optional, place }) => {
    const path = resolve(directoryOf(place.origin), file)
    files.push(path)
    const read = disk.read(path)
    if ('text' in read) {
      const own = Object.entries(valuesIn(read.text, file, problems))
      return Object.fromEntries(own.map(([name, text]) => [name, opened(name, text, file)]))
    }
    if (!(read.missing && optional)) problems.push(messageAt(place, `${file}: ${read.problem}`))
    return {}
  })
  return {
    tree: { ...tree, entries },
    values: Object.assign({}, ...values) as Env,
    files,
    secrets,
    problems,
  }
}

function valuesIn(text: string, file: string, problems: string[]): Record<string, string> {
  try {
    return parseEnvFile(text, file)
  } catch (error) {
    if (!isSteadError(error, 'SPEC_INVALID')) throw error
    problems.push(...error.params.problems.map((problem) => `${file}: ${problem}`))
    return {}
  }
}
