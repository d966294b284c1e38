import { dirname } from 'node:path'
import * as z from 'zod'
import { SteadError } from '../errors.ts'
import type { ConfigFiles } from '../model/ports/config-files.ts'
import type { RemoteSpec } from '../model/remote-spec.ts'
import { describeIssues } from './describe-issues.ts'
import { expandVariables } from './expand-variables.ts'
import type { GuardFile } from './guard-file.ts'
import { loadSettings } from './layers/load-settings.ts'
import { REMOTE_SETTINGS, remoteOf, remoteSchema } from './remote-schema.ts'
import { isSecretSetting } from './secret-settings.ts'
import { type ConfigSource, configSource, type FileProblem } from './source/config-source.ts'
import { readSource } from './source/read-source.ts'
import type { SourceTree } from './source/source-tree.ts'

type Asked = Pick<GuardFile, 'path' | 'text' | 'env' | 'shownAs' | 'profiles' | 'set'>
type Env = Readonly<Record<string, string | undefined>>

const ofGuard = z.object({ remote: remoteSchema.optional() })

/**
 * The remote source that a stead.yaml names, with all that it includes, its profiles and the command
 * line; null where there is none. What is wrong elsewhere in the files is not told here.
 *
 * @throws GUARD_FILE_INVALID with every problem of `remote`
 */
export function remoteInFile(file: Asked, disk: ConfigFiles): RemoteSpec | null {
  const { source, variables, problems } = loadSettings(file, disk)
  // They are told, all of them, by whoever reads the whole.
  if (problems.length > 0 || source.tree.kind !== 'map') return null
  const entry = source.tree.entries.get('remote')
  if (entry === undefined) return null
  const tree: SourceTree = { ...source.tree, entries: new Map([['remote', entry]]) }
  return remoteIn(tree, source, variables, file.path, file.shownAs ?? file.path)
}

function remoteIn(
  tree: SourceTree,
  source: ConfigSource,
  variables: Env,
  path: string,
  shownAs: string,
): RemoteSpec | null {
  const refuse = (problems: readonly FileProblem[]): never => {
    const told = configSource(source.tree, isSecretSetting).describe(problems)
    throw new SteadError('GUARD_FILE_INVALID', { source: shownAs, problems: told })
  }
  const { value, problems } = expandVariables({ tree }, variables)
  if (problems.length > 0) return refuse(problems)
  const parsed = ofGuard.safeParse(value)
  if (!parsed.success) return refuse(describeIssues(parsed.error.issues, ofGuard, value))
  const { remote } = parsed.data
  if (remote === undefined) return null
  const misfits = (remote.allow ?? []).flatMap((text, index): FileProblem[] =>
    REMOTE_SETTINGS.some(([top = '']) => text === top || text.startsWith(`${top}.`))
      ? []
      : [
          {
            path: ['remote', 'allow', index],
            message: 'a remote source says nothing but services, groups and defaults',
          },
        ],
  )
  return misfits.length > 0 ? refuse(misfits) : remoteOf(remote, dirname(path))
}

/**
 * The remote source that a file of its own describes: what stands below `remote` in a stead.yaml.
 *
 * @param path absolute
 * @param allow what it may say unless the file says it; null for everything
 * @throws GUARD_FILE_INVALID
 */
export function remoteInOwnFile(
  path: string,
  env: Env,
  disk: ConfigFiles,
  allow: RemoteSpec['allow'],
): RemoteSpec {
  const refuse = (problems: readonly string[]): never => {
    throw new SteadError('GUARD_FILE_INVALID', { source: path, problems })
  }
  const read = disk.read(path)
  if ('problem' in read) return refuse([`${path}: ${read.problem}`])
  const source = readSource(path, read.text)
  if ('problems' in source) return refuse(source.problems)
  const { value, problems } = expandVariables(source, env)
  const describe = (found: readonly FileProblem[]) =>
    refuse(configSource(source.tree, isSecretSetting).describe(found))
  if (problems.length > 0) return describe(problems)
  const parsed = remoteSchema.safeParse(value)
  if (!parsed.success) return describe(describeIssues(parsed.error.issues, remoteSchema, value))
  return remoteOf(parsed.data, dirname(path), allow)
}
