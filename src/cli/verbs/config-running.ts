/** `config show --running`: what a guard really runs, and what its files say by now. */
import { compareSettings, type SettingChange } from '../../config/layers/compare-settings.ts'
import { keptFiles } from '../../config/layers/kept-files.ts'
import { loadSettings, type SettingsAsked } from '../../config/layers/load-settings.ts'
import { shownPath } from '../../config/layers/named-values.ts'
import type { SourceTree } from '../../config/source/source-tree.ts'
import { isSteadError, SteadError } from '../../errors.ts'
import type { ConfigFiles } from '../../model/ports/config-files.ts'
import { configFiles } from '../../platform/config-files.ts'
import { readGuardFile } from '../compose-guard-home.ts'
import { runVerb } from '../context.ts'
import { withGuardOf } from '../guard-access.ts'
import { configText } from '../present/config-text.ts'
import { changeLines, versionText } from '../present/version-text.ts'
import { type ConfigOptions, chosen, shownAs } from './config.ts'
import { remoteOf } from './config-history.ts'

/**
 * The newest version that the guard has taken: as it was written, with the places of then, and below it
 * what the files have differently. Variables stay as they are written: those of the guard are its own.
 */
export function showRunning(name: string | undefined, options: ConfigOptions): Promise<number> {
  return runVerb(options, (output) =>
    withGuardOf(options.file, options, async (client) => {
      const version = (await client.versions()).at(-1)
      if (version === undefined) throw new SteadError('VERSION_UNKNOWN', { version: 0, kept: [] })
      const sources = await client.versionSources(version.number)
      const [path = ''] = Object.keys(sources)
      const remote = remoteOf(sources)
      const running = treeOf({ path, text: sources[path], remote }, keptFiles(sources), options)
      const settings = chosen(running, name, `version ${version.number}`)
      const files = filesNow({ path, remote }, running, options)
      const differs = 'problems' in files ? [] : files.changes.filter((one) => isOf(one, name))
      if (output.json) {
        const { number, at, by, cause, outcome } = version
        output.object({
          file: path,
          version: { number, at, by, cause, outcome },
          settings: settings.map(({ path: at, ...rest }) => ({ setting: shownPath(at), ...rest })),
          differs: differs.map(({ path: at, ...values }) => ({
            setting: shownPath(at),
            ...values,
          })),
          problems: 'problems' in files ? files.problems : [],
        })
        return 0
      }
      const shown = shownAs(path)
      const more =
        'problems' in files
          ? [`${shown} cannot be read as it is now:`, ...files.problems]
          : differs.length === 0
            ? [`${shown} says the same`]
            : [`${shown} says otherwise by now: stead apply`, changeLines(differs)]
      output.answer([versionText(version), configText(settings), ...more].join('\n'))
      return 0
    }),
  )
}

type FilesNow =
  | { readonly changes: readonly SettingChange[] }
  | { readonly problems: readonly string[] }

/** What the files say otherwise, or why they cannot be read. The remote source is as it was. */
function filesNow(
  asked: Pick<SettingsAsked, 'remote'> & { readonly path: string },
  running: SourceTree,
  options: ConfigOptions,
): FilesNow {
  try {
    const now = treeOf({ ...asked, text: readGuardFile(asked.path) }, configFiles(), options)
    return { changes: compareSettings(running, now) }
  } catch (error) {
    if (isSteadError(error, 'GUARD_FILE_INVALID')) return { problems: error.params.problems }
    if (isSteadError(error)) return { problems: [error.message] }
    throw error
  }
}

function treeOf(
  asked: Pick<SettingsAsked, 'text' | 'remote'> & { readonly path: string },
  disk: ConfigFiles,
  { profile: profiles, set }: ConfigOptions,
): SourceTree {
  const { path } = asked
  const all = { ...asked, env: process.env, shownAs: shownAs(path), profiles, set }
  const { source, problems } = loadSettings(all, disk)
  if (problems.length > 0) throw new SteadError('GUARD_FILE_INVALID', { source: path, problems })
  return source.tree
}

/** Whether a setting is one of a service, counting what is said for all, or one below a name. */
function isOf({ path }: SettingChange, name: string | undefined): boolean {
  if (name === undefined || path[0] === 'defaults') return true
  return (path[0] === 'services' && path[1] === name) || `${path.join('.')}.`.startsWith(`${name}.`)
}
