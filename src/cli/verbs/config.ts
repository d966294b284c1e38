/** `config show` and `config check`: what a configuration is made of, and whether it would be taken. */
import { basename, relative } from 'node:path'
import { expandVariables } from '../../config/expand-variables.ts'
import { loadGuardFile } from '../../config/guard-file.ts'
import { type ExplainedSetting, explainSettings } from '../../config/layers/explain-settings.ts'
import { loadSettings } from '../../config/layers/load-settings.ts'
import { mergeTrees } from '../../config/layers/merge-layers.ts'
import { shownPath } from '../../config/layers/named-values.ts'
import { isSecretSetting } from '../../config/secret-settings.ts'
import { parseServiceFile } from '../../config/service-file.ts'
import { configSource } from '../../config/source/config-source.ts'
import { readSource } from '../../config/source/read-source.ts'
import { findIn, type SourceTree } from '../../config/source/source-tree.ts'
import { SteadError } from '../../errors.ts'
import { suggest } from '../../model/suggest.ts'
import { configFiles } from '../../platform/config-files.ts'
import {
  findGuardFile,
  guardHome,
  type LayerOptions,
  onWindows,
  readGuardFile,
} from '../compose-guard-home.ts'
import { keyFileOf, secretOpener } from '../compose-secrets.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import { fileMeant } from '../guard-access.ts'
import { configText } from '../present/config-text.ts'
import { loadShown, remoteObject, tellRemote } from '../shown-remote.ts'

export interface ConfigOptions extends CommonOptions, LayerOptions {
  readonly file?: string
}

/** `config show [NAME]`: each setting with who said it and what that hides; of a service, or below a name. */
export function show(name: string | undefined, options: ConfigOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const path = await fileMeant(options.file, options)
    const { tree, files, remote } = await settingsOf(path, options)
    const settings = chosen(tree, name, shownAs(path))
    if (output.json) {
      const told = settings.map(({ path: at, ...rest }) => ({ setting: shownPath(at), ...rest }))
      output.object({ file: path, files, ...remoteObject(remote), settings: told })
    } else {
      output.answer(configText(settings))
      tellRemote(remote, output)
    }
    return 0
  })
}

/** `config check [FILE]`: whether it would be taken; every problem where it would not. */
export function check(named: string | undefined, options: ConfigOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const path = findGuardFile(named ?? options.file)
    const text = readGuardFile(path)
    const shown = shownAs(path)
    if (isServiceFile(path, text)) {
      const { name } = parseServiceFile(shown, text)
      if (output.json) output.object({ file: path, valid: true, kind: 'service', name })
      else output.done(`${shown} describes the service ${name}`)
      return 0
    }
    const file = {
      path,
      text,
      env: process.env,
      shownAs: shown,
      profiles: options.profile,
      set: options.set ?? [],
      onWindows: onWindows(),
      openSecret: secretOpener(keyFileOf(guardHome(options))),
    }
    const { loaded, remote } = await loadShown(file, options, (layer, watched) =>
      loadGuardFile({ ...file, remote: { layer, watched } }, configFiles()),
    )
    const { spec } = loaded
    const files = loaded.files.filter(isOneFile)
    const services = spec.services.map((service) => service.name)
    if (output.json) {
      const told = { file: path, valid: true, kind: 'guard', files, ...remoteObject(remote) }
      output.object({ ...told, services })
    } else {
      const counts = `${counted(services.length, 'service')}, ${counted(files.length, 'file')}`
      output.done(`${shown} is valid: ${counts}`)
      tellRemote(remote, output)
    }
    return 0
  })
}

async function settingsOf(path: string, options: ConfigOptions) {
  const { env } = process
  const text = readGuardFile(path)
  const shown = shownAs(path)
  const file = {
    path,
    text,
    env,
    shownAs: shown,
    profiles: options.profile,
    set: options.set ?? [],
  }
  const { loaded, remote } = await loadShown(file, options, (layer) =>
    loadSettings({ ...file, remote: layer }, configFiles()),
  )
  const expanded = expandVariables(loaded.source, loaded.variables)
  const source = configSource(loaded.source.tree, isSecretSetting)
  const problems = [...loaded.problems, ...source.describe(expanded.problems)]
  if (problems.length > 0) throw new SteadError('GUARD_FILE_INVALID', { source: shown, problems })
  return { tree: expanded.tree, files: loaded.files.filter(isOneFile), remote }
}

/** A name with `*` stands for files that are named themselves. */
function isOneFile(path: string): boolean {
  return !basename(path).includes('*')
}

/** All settings, those that hold for a service, or those below a name such as `services.web.env`. */
export function chosen(
  tree: SourceTree,
  name: string | undefined,
  file: string,
): ExplainedSetting[] {
  if (name === undefined) return explainSettings(tree)
  const service = findIn(tree, ['services', name])?.node
  if (service !== undefined) {
    const defaults = findIn(tree, ['defaults'])?.node
    // What a service says is over what is said for all of them, as a stronger layer would be.
    return explainSettings(defaults === undefined ? service : mergeTrees(defaults, service))
  }
  const path = name.split('.')
  const below = findIn(tree, path)?.node
  if (below !== undefined)
    return explainSettings(below).map((one) => ({ ...one, path: [...path, ...one.path] }))
  const services = findIn(tree, ['services'])?.node
  const names = services?.kind === 'map' ? [...services.entries.keys()] : []
  const near = suggest(name, names)
  throw new SteadError('NOT_INSTALLED', { name, manager: file, near })
}

/** As one would name it from here. */
export function shownAs(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') || near.length > path.length ? path : near
}

/** Whether a file describes one service, and is not a stead.yaml. */
function isServiceFile(path: string, text: string): boolean {
  const source = readSource(path, text)
  if ('problems' in source || source.tree.kind !== 'map') return false
  const { entries } = source.tree
  return entries.has('command') && !entries.has('services')
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
